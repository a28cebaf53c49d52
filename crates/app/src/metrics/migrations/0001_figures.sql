CREATE TABLE figure_facts (
  fact_id BIGINT NOT NULL PRIMARY KEY
);
CREATE TABLE figure_days (
  agency_id BIGINT NOT NULL,
  day TEXT NOT NULL,
  account_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  n BIGINT NOT NULL,
  PRIMARY KEY (agency_id, day, account_id, kind)
);
CREATE TABLE figure_posts (
  post_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  n BIGINT NOT NULL,
  PRIMARY KEY (post_id, kind)
);
CREATE TABLE figure_answers (
  message_id BIGINT NOT NULL PRIMARY KEY,
  agency_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  day TEXT NOT NULL,
  answered_at BIGINT NOT NULL,
  after_us BIGINT NOT NULL
);
CREATE INDEX figure_answers_agency ON figure_answers (agency_id, day, after_us);
CREATE TABLE figure_due (
  delivery_id BIGINT NOT NULL,
  stage TEXT NOT NULL,
  post_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  remote_id TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  tries BIGINT NOT NULL,
  PRIMARY KEY (delivery_id, stage)
);
CREATE INDEX figure_due_at ON figure_due (due_at, delivery_id);
CREATE TABLE figure_measures (
  delivery_id BIGINT NOT NULL,
  stage TEXT NOT NULL,
  post_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  measured_at BIGINT NOT NULL,
  likes BIGINT,
  shares BIGINT,
  replies BIGINT,
  views BIGINT,
  PRIMARY KEY (delivery_id, stage)
);
CREATE INDEX figure_measures_post ON figure_measures (post_id, delivery_id);
CREATE TABLE figure_cursors (
  name TEXT NOT NULL PRIMARY KEY,
  fact_id BIGINT NOT NULL
);
CREATE VIEW figure_posts_v1 AS SELECT post_id, kind, n FROM figure_posts;
CREATE VIEW figure_days_v1 AS SELECT agency_id, day, account_id, kind, n FROM figure_days;
