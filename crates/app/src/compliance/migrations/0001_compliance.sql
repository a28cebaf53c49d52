-- Everything that was ever seen of a control, as it was seen: nothing here is changed.
CREATE TABLE compliance_observations (
  id BIGINT NOT NULL PRIMARY KEY,
  agency_id BIGINT NOT NULL,
  control TEXT NOT NULL,
  source TEXT NOT NULL,
  verdict TEXT NOT NULL,
  told TEXT NOT NULL,
  reason TEXT NOT NULL,
  evidence TEXT NOT NULL,
  by_person BIGINT,
  seen_at BIGINT NOT NULL,
  until_at BIGINT
);
CREATE INDEX compliance_observations_of ON compliance_observations (agency_id, control, id);
-- What stands now: one row for each control of an agency and each source (own, review).
CREATE TABLE compliance_standing (
  agency_id BIGINT NOT NULL,
  control TEXT NOT NULL,
  source TEXT NOT NULL,
  observation_id BIGINT NOT NULL,
  verdict TEXT NOT NULL,
  told TEXT NOT NULL,
  reason TEXT NOT NULL,
  evidence TEXT NOT NULL,
  by_person BIGINT,
  seen_at BIGINT NOT NULL,
  until_at BIGINT,
  judged_at BIGINT NOT NULL,
  PRIMARY KEY (agency_id, control, source)
);
CREATE INDEX compliance_standing_until ON compliance_standing (until_at) WHERE until_at IS NOT NULL;
-- A row of the map: one letter for each obligation, in the order of the pack named by `shape`.
CREATE TABLE compliance_rows (
  agency_id BIGINT NOT NULL PRIMARY KEY,
  shape TEXT NOT NULL,
  letters TEXT NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE TABLE compliance_days (
  day TEXT NOT NULL PRIMARY KEY,
  met BIGINT NOT NULL,
  partly BIGINT NOT NULL,
  not_met BIGINT NOT NULL,
  unknown BIGINT NOT NULL
);
CREATE TABLE compliance_requests (
  id BIGINT NOT NULL PRIMARY KEY,
  agency_id BIGINT NOT NULL,
  obligation TEXT NOT NULL,
  wish TEXT NOT NULL,
  asked_by BIGINT NOT NULL,
  asked_at BIGINT NOT NULL,
  answer TEXT NOT NULL,
  answered_by BIGINT,
  answered_at BIGINT,
  state TEXT NOT NULL
);
CREATE INDEX compliance_requests_open ON compliance_requests (state, id);
CREATE INDEX compliance_requests_of ON compliance_requests (agency_id, id);
CREATE VIEW compliance_rows_v1 AS SELECT agency_id, letters, changed_at FROM compliance_rows;
