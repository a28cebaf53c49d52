ALTER TABLE posts ADD COLUMN author_id BIGINT;
ALTER TABLE posts ADD COLUMN due_at BIGINT;
UPDATE posts SET author_id = (SELECT v.author_id FROM post_versions v WHERE v.post_id = posts.id AND v.version = posts.version);
UPDATE posts SET due_at = scheduled_at;
UPDATE posts SET due_at = (SELECT min(d.at) FROM post_decisions d WHERE d.post_id = posts.id AND d.kind = 'approval') WHERE due_at IS NULL AND released_version IS NOT NULL;
CREATE INDEX posts_author ON posts (author_id, state, id);
CREATE INDEX posts_due ON posts (agency_id, due_at, id);
