-- What stands on an account and was not posted through the program.
CREATE TABLE outside_posts (
  id BIGINT NOT NULL PRIMARY KEY,
  agency_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  platform TEXT NOT NULL,
  remote_id TEXT NOT NULL,
  url TEXT NOT NULL,
  text TEXT NOT NULL,
  posted_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  decided_by BIGINT,
  decided_at BIGINT
);
CREATE UNIQUE INDEX outside_posts_remote ON outside_posts (account_id, remote_id);
CREATE INDEX outside_posts_agency ON outside_posts (agency_id, id);
CREATE INDEX outside_posts_state ON outside_posts (agency_id, state, id);
CREATE TABLE outside_cursors (
  account_id BIGINT NOT NULL PRIMARY KEY,
  cursor_at TEXT,
  looked_at BIGINT,
  error TEXT NOT NULL,
  failing_since BIGINT
);
