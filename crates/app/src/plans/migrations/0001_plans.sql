CREATE TABLE plans (
  id BIGINT NOT NULL PRIMARY KEY,
  agency_id BIGINT NOT NULL,
  title TEXT NOT NULL,
  goals TEXT NOT NULL,
  audiences TEXT NOT NULL,
  risks TEXT NOT NULL,
  resources TEXT NOT NULL,
  measures TEXT NOT NULL,
  governance TEXT NOT NULL,
  state TEXT NOT NULL,
  version BIGINT NOT NULL,
  content_hash TEXT NOT NULL,
  author_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX plans_agency ON plans (agency_id, state, id);
CREATE TABLE plan_decisions (
  id BIGINT NOT NULL PRIMARY KEY,
  plan_id BIGINT NOT NULL REFERENCES plans (id),
  version BIGINT NOT NULL,
  kind TEXT NOT NULL,
  person_id BIGINT NOT NULL,
  reason TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX plan_decisions_plan ON plan_decisions (plan_id, id);
