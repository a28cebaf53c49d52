-- The public list of grounds tells how often each was used of late.
CREATE INDEX moderation_decisions_by_ground ON moderation_decisions (decided_at, ground, state, action);
