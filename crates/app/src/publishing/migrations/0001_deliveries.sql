CREATE TABLE deliveries (
  id BIGINT NOT NULL PRIMARY KEY,
  post_id BIGINT NOT NULL,
  agency_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  platform TEXT NOT NULL,
  reply_to TEXT NOT NULL,
  body TEXT NOT NULL,
  lang TEXT NOT NULL,
  version BIGINT NOT NULL,
  state TEXT NOT NULL,
  unwanted BOOLEAN NOT NULL,
  reason TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  remote_id TEXT NOT NULL,
  url TEXT NOT NULL,
  sent_version BIGINT,
  sent_at BIGINT,
  problem TEXT NOT NULL,
  problem_text TEXT NOT NULL,
  tries BIGINT NOT NULL,
  step BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX deliveries_once ON deliveries (post_id, account_id);
CREATE INDEX deliveries_account ON deliveries (account_id, remote_id);
CREATE INDEX deliveries_due ON deliveries (state, next_at);
CREATE INDEX deliveries_agency ON deliveries (agency_id, state, id);
CREATE TABLE delivery_attempts (
  delivery_id BIGINT NOT NULL REFERENCES deliveries (id),
  n BIGINT NOT NULL,
  kind TEXT NOT NULL,
  send_key TEXT NOT NULL,
  version BIGINT NOT NULL,
  prepared TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  begun_at BIGINT NOT NULL,
  settle_at BIGINT NOT NULL,
  looked BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  why TEXT NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (delivery_id, n)
);
CREATE UNIQUE INDEX delivery_attempts_key ON delivery_attempts (send_key);
CREATE UNIQUE INDEX delivery_attempts_open ON delivery_attempts (delivery_id) WHERE ended_at IS NULL;
CREATE INDEX delivery_attempts_settle ON delivery_attempts (settle_at) WHERE ended_at IS NULL;
CREATE TABLE site_posts (
  post_id BIGINT NOT NULL PRIMARY KEY,
  agency_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  published_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX site_posts_time ON site_posts (state, published_at, post_id);
CREATE INDEX site_posts_agency ON site_posts (agency_id, state, published_at, post_id);
CREATE VIEW site_posts_v1 AS
  SELECT post_id, agency_id, account_id, version, state, reason, published_at, updated_at FROM site_posts;
CREATE VIEW deliveries_v1 AS
  SELECT id, post_id, agency_id, account_id, platform, version, state, due_at, remote_id, url, sent_version, sent_at FROM deliveries WHERE reply_to = '';
