-- Chains and counts are read from the facts themselves: what is kept once cannot disagree.
DROP TABLE log_chain;
DROP TABLE log_count;
DROP TABLE log_state;
ALTER TABLE facts ADD COLUMN n BIGINT;
CREATE UNIQUE INDEX facts_n ON facts (scope, sealed, n) WHERE n IS NOT NULL;
CREATE INDEX facts_chain ON facts (subject, sealed, leaf_index) WHERE leaf_index IS NOT NULL;
CREATE TABLE log_state (
  name TEXT NOT NULL PRIMARY KEY,
  vkey TEXT NOT NULL,
  size BIGINT NOT NULL,
  edge BLOB NOT NULL,
  checkpoint TEXT NOT NULL
);
CREATE TABLE log_tiles (
  level BIGINT NOT NULL,
  number BIGINT NOT NULL,
  root BLOB NOT NULL,
  PRIMARY KEY (level, number)
);
