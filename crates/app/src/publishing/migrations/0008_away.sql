-- Why nothing is sent for a while: to an account whose platform asked to wait (`account:ID`), or to a server that does
-- not answer (`server:PLATFORM|ADDRESS`).
CREATE TABLE sending_holds (
  scope TEXT NOT NULL PRIMARY KEY,
  failures BIGINT NOT NULL,
  since_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  why TEXT NOT NULL
);
