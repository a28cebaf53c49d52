-- A key for each agency, wrapped by the master key of this name; its accounts' secrets are sealed with it.
CREATE TABLE account_keys (
  agency_id BIGINT NOT NULL PRIMARY KEY,
  wrapped BLOB NOT NULL,
  master TEXT NOT NULL,
  generation BIGINT NOT NULL,
  made_at BIGINT NOT NULL
);
CREATE INDEX account_keys_master ON account_keys (master);
-- Whose key sealed the secret: it stays so where the account goes over to another agency. Empty: the master key itself.
ALTER TABLE accounts ADD COLUMN sealed_by BIGINT;
-- What renews the secret, sealed like it; until when the secret is good; who is renewing it since when.
ALTER TABLE accounts ADD COLUMN refresh BLOB;
ALTER TABLE accounts ADD COLUMN secret_until BIGINT;
ALTER TABLE accounts ADD COLUMN secret_round BIGINT;
ALTER TABLE accounts ADD COLUMN renewing_since BIGINT;
CREATE INDEX accounts_secret_until ON accounts (secret_until) WHERE secret_until IS NOT NULL;
CREATE INDEX accounts_sealed_by ON accounts (sealed_by);
-- Each warning about an end is given once.
CREATE TABLE account_warnings (
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  secret_until BIGINT NOT NULL,
  days BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (account_id, secret_until, days)
);
