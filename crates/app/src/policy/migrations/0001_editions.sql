-- Editions of the policy as they were taken in here, and by which order each was adopted.
CREATE TABLE policy_editions (
  id TEXT NOT NULL PRIMARY KEY,
  first BOOLEAN NOT NULL,
  taken_at BIGINT NOT NULL,
  order_ref TEXT NOT NULL,
  recorded_by BIGINT,
  recorded_at BIGINT
);
CREATE TABLE policy_reviews (
  id BIGINT NOT NULL PRIMARY KEY,
  edition TEXT NOT NULL,
  scope TEXT NOT NULL,
  opened_by BIGINT NOT NULL,
  opened_at BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  result TEXT NOT NULL,
  closed_by BIGINT,
  closed_at BIGINT
);
CREATE INDEX policy_reviews_edition ON policy_reviews (edition, id);
-- Two people who open a review at the same moment meet here.
CREATE UNIQUE INDEX policy_reviews_open ON policy_reviews (edition) WHERE closed_at IS NULL;
