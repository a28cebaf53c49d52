-- One act each: from whom, to whom, from which day, why, by which order. Who takes over what cannot be divided is the heir.
CREATE TABLE agency_reorganisations (
  id BIGINT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  effective_on TEXT NOT NULL,
  reason TEXT NOT NULL,
  order_ref TEXT NOT NULL,
  heir_id BIGINT NOT NULL,
  state TEXT NOT NULL,
  ordered_by BIGINT NOT NULL,
  ordered_at BIGINT NOT NULL
);
CREATE INDEX agency_reorganisations_state ON agency_reorganisations (state, effective_on);
CREATE TABLE agency_reorganisation_parts (
  reorganisation_id BIGINT NOT NULL REFERENCES agency_reorganisations (id),
  agency_id BIGINT NOT NULL,
  part TEXT NOT NULL,
  PRIMARY KEY (reorganisation_id, agency_id)
);
-- An agency ends once: a second act about it meets the key.
CREATE TABLE agency_endings (
  agency_id BIGINT NOT NULL PRIMARY KEY,
  reorganisation_id BIGINT NOT NULL,
  heir_id BIGINT NOT NULL,
  effective BOOLEAN NOT NULL
);
CREATE INDEX agency_endings_heir ON agency_endings (heir_id);
