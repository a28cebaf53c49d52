-- Everything outgoing stopped at once, for an agency or (agency_id 0) for the whole government.
CREATE TABLE freezes (
  id BIGINT NOT NULL PRIMARY KEY,
  agency_id BIGINT NOT NULL,
  reason TEXT NOT NULL,
  frozen_by BIGINT NOT NULL,
  frozen_at BIGINT NOT NULL,
  thawed_by BIGINT,
  thawed_at BIGINT,
  thaw_reason TEXT NOT NULL
);
CREATE UNIQUE INDEX freezes_now ON freezes (agency_id) WHERE thawed_at IS NULL;
-- The one row of an agency that whoever sends and whoever freezes touch before they look.
CREATE TABLE publishing_gates (
  agency_id BIGINT NOT NULL PRIMARY KEY,
  passed BIGINT NOT NULL
);
INSERT INTO publishing_gates (agency_id, passed) SELECT DISTINCT agency_id, 0 FROM deliveries;
CREATE INDEX deliveries_frozen ON deliveries (agency_id, id) WHERE problem = 'frozen';
