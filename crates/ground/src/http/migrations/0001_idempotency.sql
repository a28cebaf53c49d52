CREATE TABLE idempotency (
  owner TEXT NOT NULL,
  idem_key TEXT NOT NULL,
  digest TEXT NOT NULL,
  status BIGINT NOT NULL,
  content_type TEXT NOT NULL,
  body BLOB NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (owner, idem_key)
);
CREATE INDEX idempotency_at ON idempotency (at);
