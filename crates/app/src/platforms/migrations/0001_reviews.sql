CREATE TABLE platform_terms (
  id BIGINT NOT NULL PRIMARY KEY,
  platform TEXT NOT NULL,
  taken_at BIGINT NOT NULL,
  source TEXT NOT NULL,
  body TEXT NOT NULL,
  digest TEXT NOT NULL,
  previous_id BIGINT REFERENCES platform_terms (id),
  note TEXT NOT NULL,
  recorded_by BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  acknowledged_by BIGINT,
  acknowledged_at BIGINT,
  effect TEXT NOT NULL,
  effect_note TEXT NOT NULL
);
CREATE INDEX platform_terms_platform ON platform_terms (platform, id);
CREATE TABLE platform_reviews (
  id BIGINT NOT NULL PRIMARY KEY,
  platform TEXT NOT NULL,
  agency_id BIGINT NOT NULL,
  base_id BIGINT REFERENCES platform_reviews (id),
  terms_id BIGINT REFERENCES platform_terms (id),
  number BIGINT NOT NULL,
  state TEXT NOT NULL,
  form TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  written_by BIGINT NOT NULL,
  written_at BIGINT NOT NULL,
  decided_by BIGINT,
  decided_at BIGINT,
  reason TEXT NOT NULL,
  conditions TEXT NOT NULL,
  valid_until BIGINT,
  review_at BIGINT,
  ended_at BIGINT,
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX platform_reviews_number ON platform_reviews (platform, agency_id, number);
CREATE INDEX platform_reviews_agency ON platform_reviews (agency_id, ended_at, id);
CREATE INDEX platform_reviews_state ON platform_reviews (state, valid_until);
