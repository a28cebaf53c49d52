-- Calls of platforms that were heard, for seven days: the same call again does nothing.
CREATE TABLE inbox_heard (
  account_id BIGINT NOT NULL,
  call_hash TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (account_id, call_hash)
);
CREATE INDEX inbox_heard_at ON inbox_heard (at);
