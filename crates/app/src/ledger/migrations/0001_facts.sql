CREATE TABLE facts (
  id BIGINT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  scope BIGINT,
  kind TEXT NOT NULL,
  version BIGINT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  sealed BOOLEAN NOT NULL,
  salt BLOB NOT NULL,
  leaf_index BIGINT UNIQUE,
  entry BLOB
);
CREATE INDEX facts_subject ON facts (subject, id);
CREATE INDEX facts_scope ON facts (scope, id);
CREATE INDEX facts_kind ON facts (kind, id);
CREATE INDEX facts_waiting ON facts (id) WHERE leaf_index IS NULL;
CREATE TABLE log_state (
  name TEXT NOT NULL PRIMARY KEY,
  size BIGINT NOT NULL,
  edge BLOB NOT NULL,
  checkpoint TEXT NOT NULL,
  published_size BIGINT NOT NULL
);
CREATE TABLE log_chain (
  subject TEXT NOT NULL PRIMARY KEY,
  leaf_hash BLOB NOT NULL
);
CREATE TABLE log_count (
  scope BIGINT NOT NULL PRIMARY KEY,
  n BIGINT NOT NULL
);
