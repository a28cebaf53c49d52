ALTER TABLE sessions ADD COLUMN confirmed_at BIGINT;
CREATE TABLE recovery_codes (
  id BIGINT NOT NULL PRIMARY KEY,
  person_id BIGINT NOT NULL REFERENCES persons (id),
  digest TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX recovery_codes_person ON recovery_codes (person_id, id);
CREATE TABLE recoveries (
  id BIGINT NOT NULL PRIMARY KEY,
  person_id BIGINT NOT NULL REFERENCES persons (id),
  asked_by TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  reason TEXT NOT NULL,
  decision TEXT,
  decided_by TEXT,
  decided_at BIGINT
);
CREATE INDEX recoveries_decision ON recoveries (decision, id);
CREATE TABLE access_reviews (
  id BIGINT NOT NULL PRIMARY KEY,
  agency_id BIGINT,
  opened_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  reminded_at BIGINT,
  closed_at BIGINT
);
CREATE INDEX access_reviews_open ON access_reviews (closed_at, agency_id, id);
CREATE TABLE review_answers (
  review_id BIGINT NOT NULL REFERENCES access_reviews (id),
  grant_id BIGINT NOT NULL,
  keep BOOLEAN NOT NULL,
  answered_by TEXT NOT NULL,
  answered_at BIGINT NOT NULL,
  PRIMARY KEY (review_id, grant_id)
);
CREATE INDEX review_answers_grant ON review_answers (grant_id, answered_at);
