CREATE TABLE jobs (
  id BIGINT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  job_key TEXT NOT NULL,
  args TEXT NOT NULL,
  run_at BIGINT NOT NULL,
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  owner TEXT NOT NULL,
  last_error TEXT NOT NULL,
  queued_at BIGINT NOT NULL,
  UNIQUE (kind, job_key)
);
CREATE INDEX jobs_due ON jobs (state, run_at, id);
CREATE TABLE sweeps (
  name TEXT NOT NULL PRIMARY KEY,
  started_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  last_error TEXT NOT NULL
);
