CREATE TABLE moderation_reports (
  id BIGINT NOT NULL PRIMARY KEY,
  message_id BIGINT NOT NULL,
  agency_id BIGINT NOT NULL,
  citizen_id BIGINT NOT NULL,
  reason TEXT NOT NULL,
  state TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE UNIQUE INDEX moderation_reports_once ON moderation_reports (message_id, citizen_id);
CREATE INDEX moderation_reports_state ON moderation_reports (agency_id, state, id);
CREATE TABLE moderation_decisions (
  id BIGINT NOT NULL PRIMARY KEY,
  message_id BIGINT NOT NULL,
  agency_id BIGINT NOT NULL,
  author TEXT NOT NULL,
  action TEXT NOT NULL,
  ground TEXT NOT NULL,
  reason TEXT NOT NULL,
  snapshot TEXT NOT NULL,
  snapshot_hash TEXT NOT NULL,
  state TEXT NOT NULL,
  decided_by BIGINT NOT NULL,
  decided_at BIGINT NOT NULL,
  second_by BIGINT,
  second_at BIGINT,
  second_reason TEXT NOT NULL,
  appeal_by BIGINT NOT NULL,
  on_platform TEXT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX moderation_decisions_message ON moderation_decisions (message_id, id);
CREATE INDEX moderation_decisions_agency ON moderation_decisions (agency_id, state, id);
CREATE INDEX moderation_decisions_author ON moderation_decisions (agency_id, author, state);
CREATE TABLE moderation_appeals (
  id BIGINT NOT NULL PRIMARY KEY,
  decision_id BIGINT NOT NULL UNIQUE REFERENCES moderation_decisions (id),
  agency_id BIGINT NOT NULL,
  lodged_by TEXT NOT NULL,
  text TEXT NOT NULL,
  state TEXT NOT NULL,
  lodged_at BIGINT NOT NULL,
  answer_by BIGINT NOT NULL,
  decided_by BIGINT,
  decided_at BIGINT,
  reason TEXT NOT NULL
);
CREATE INDEX moderation_appeals_agency ON moderation_appeals (agency_id, state, id);
CREATE VIEW moderation_decisions_v1 AS
  SELECT id, message_id, agency_id, action, ground, state, decided_at, second_at, appeal_by FROM moderation_decisions;
CREATE VIEW moderation_appeals_v1 AS
  SELECT id, decision_id, agency_id, state, lodged_at, decided_at FROM moderation_appeals;
