CREATE TABLE account_requests (
  account_id BIGINT NOT NULL PRIMARY KEY REFERENCES accounts (id),
  purpose TEXT NOT NULL,
  scope TEXT NOT NULL,
  apart TEXT NOT NULL,
  per_week BIGINT NOT NULL,
  review_id BIGINT,
  code TEXT NOT NULL
);
CREATE TABLE account_proofs (
  id BIGINT NOT NULL PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  method TEXT NOT NULL,
  detail TEXT NOT NULL,
  person_id BIGINT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX account_proofs_account ON account_proofs (account_id, id);
CREATE TABLE account_checks (
  id BIGINT NOT NULL PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  item TEXT NOT NULL,
  note TEXT NOT NULL,
  person_id BIGINT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX account_checks_account ON account_checks (account_id, item, id);
CREATE TABLE account_evaluations (
  id BIGINT NOT NULL PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  decision TEXT NOT NULL,
  results TEXT NOT NULL,
  reasons TEXT NOT NULL,
  person_id BIGINT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX account_evaluations_account ON account_evaluations (account_id, id);
CREATE TABLE account_ends (
  account_id BIGINT NOT NULL PRIMARY KEY REFERENCES accounts (id),
  archive TEXT NOT NULL,
  notice TEXT NOT NULL,
  parked BOOLEAN NOT NULL,
  successor_url TEXT NOT NULL
);
CREATE TABLE account_watch (
  account_id BIGINT NOT NULL PRIMARY KEY REFERENCES accounts (id),
  seen TEXT NOT NULL,
  checked_at BIGINT,
  moved_at BIGINT,
  posted_at BIGINT,
  quiet_at BIGINT
);
CREATE TABLE impostor_reports (
  id BIGINT NOT NULL PRIMARY KEY,
  known_as TEXT NOT NULL,
  url TEXT NOT NULL,
  claims TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  reported_at BIGINT NOT NULL,
  decided_by BIGINT,
  decided_at BIGINT
);
CREATE INDEX impostor_reports_known ON impostor_reports (known_as, state);
CREATE INDEX impostor_reports_state ON impostor_reports (state, id);
CREATE TABLE register_snapshots (
  id BIGINT NOT NULL PRIMARY KEY,
  taken_at BIGINT NOT NULL,
  digest TEXT NOT NULL,
  body TEXT NOT NULL,
  note TEXT NOT NULL
);
