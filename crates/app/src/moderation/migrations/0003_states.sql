CREATE INDEX moderation_reports_open ON moderation_reports (state, id);
CREATE INDEX moderation_decisions_state ON moderation_decisions (state, id);
CREATE INDEX moderation_decisions_of ON moderation_decisions (agency_id, id);
CREATE INDEX moderation_appeals_newest ON moderation_appeals (state, id);
