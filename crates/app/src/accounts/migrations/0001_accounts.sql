CREATE TABLE accounts (
  id BIGINT NOT NULL PRIMARY KEY,
  agency_id BIGINT NOT NULL,
  platform TEXT NOT NULL,
  handle TEXT NOT NULL,
  url TEXT NOT NULL,
  known_as TEXT NOT NULL,
  base_url TEXT NOT NULL,
  remote_id TEXT NOT NULL,
  state TEXT NOT NULL,
  secret BLOB,
  plan_id BIGINT NOT NULL,
  requested_by BIGINT NOT NULL,
  requested_at BIGINT NOT NULL,
  live_since BIGINT,
  closed_at BIGINT,
  version BIGINT NOT NULL
);
CREATE INDEX accounts_agency ON accounts (agency_id, state, id);
CREATE INDEX accounts_known ON accounts (known_as, id);
CREATE INDEX accounts_state ON accounts (state, platform, id);
CREATE TABLE account_decisions (
  id BIGINT NOT NULL PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  kind TEXT NOT NULL,
  person_id BIGINT NOT NULL,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX account_decisions_account ON account_decisions (account_id, id);
CREATE VIEW accounts_public_v1 AS
  SELECT id, agency_id, platform, handle, url, state, live_since, closed_at FROM accounts WHERE live_since IS NOT NULL;
