-- The decision that stands about a comment, for the page that shows it.
CREATE INDEX moderation_decisions_shown ON moderation_decisions (message_id, state, action, id);
