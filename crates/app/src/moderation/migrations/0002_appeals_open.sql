CREATE INDEX moderation_appeals_state ON moderation_appeals (state, answer_by, id);
