-- Whose an account was, until when, before it went over to whoever took over from that agency.
CREATE TABLE account_tenures (
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  agency_id BIGINT NOT NULL,
  heir_id BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  reorganisation_id BIGINT NOT NULL,
  PRIMARY KEY (account_id, agency_id)
);
CREATE INDEX account_tenures_agency ON account_tenures (agency_id);
CREATE VIEW account_tenures_v1 AS
  SELECT t.account_id, t.agency_id, t.heir_id, t.until_at, a.platform, a.handle, a.url, a.live_since
  FROM account_tenures t JOIN accounts a ON a.id = t.account_id WHERE a.live_since IS NOT NULL;
