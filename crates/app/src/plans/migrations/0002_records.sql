ALTER TABLE plans ADD COLUMN records TEXT NOT NULL DEFAULT '{}';
ALTER TABLE plans ADD COLUMN ends_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE plans ADD COLUMN follows_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE plans ADD COLUMN adopted_id BIGINT NOT NULL DEFAULT 0;
CREATE INDEX plans_ending ON plans (state, ends_at);
CREATE TABLE plan_versions (
  plan_id BIGINT NOT NULL REFERENCES plans (id),
  version BIGINT NOT NULL,
  title TEXT NOT NULL,
  parts TEXT NOT NULL,
  records TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  author_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (plan_id, version)
);
CREATE TABLE plan_actions (
  id BIGINT NOT NULL PRIMARY KEY,
  plan_id BIGINT NOT NULL REFERENCES plans (id),
  agency_id BIGINT NOT NULL,
  text TEXT NOT NULL,
  objective BIGINT NOT NULL,
  owner_id BIGINT NOT NULL,
  due_on TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  state TEXT NOT NULL,
  note TEXT NOT NULL,
  set_by BIGINT NOT NULL,
  set_at BIGINT NOT NULL,
  ended_by BIGINT,
  ended_at BIGINT,
  version BIGINT NOT NULL
);
CREATE INDEX plan_actions_plan ON plan_actions (plan_id, id);
CREATE INDEX plan_actions_owner ON plan_actions (owner_id, state, due_at);
CREATE TABLE plan_evaluations (
  plan_id BIGINT NOT NULL PRIMARY KEY REFERENCES plans (id),
  reached TEXT NOT NULL,
  outcome TEXT NOT NULL,
  conclusion TEXT NOT NULL,
  evaluated_by BIGINT NOT NULL,
  at BIGINT NOT NULL
);
