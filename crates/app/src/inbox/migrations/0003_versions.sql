-- What a message said before it was changed on its platform. The first version is what came in; a message that was never
-- changed has no rows here.
CREATE TABLE message_versions (
  message_id BIGINT NOT NULL REFERENCES messages (id),
  n BIGINT NOT NULL,
  text TEXT NOT NULL,
  text_hash TEXT NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (message_id, n)
);
-- Which words a decision of a moderator was about.
CREATE TABLE message_judgements (
  message_id BIGINT NOT NULL REFERENCES messages (id),
  at BIGINT NOT NULL,
  text_hash TEXT NOT NULL,
  PRIMARY KEY (message_id, at)
);
ALTER TABLE messages ADD COLUMN edited_at BIGINT;
-- When it was seen that it is gone from its platform.
ALTER TABLE messages ADD COLUMN deleted_at BIGINT;
-- When it is read again, and how often it was.
ALTER TABLE messages ADD COLUMN reread_at BIGINT;
ALTER TABLE messages ADD COLUMN rereads BIGINT NOT NULL DEFAULT 0;
CREATE INDEX messages_reread ON messages (account_id, reread_at, id);
-- Until then an account's messages are not read again: the platform asked to wait.
ALTER TABLE inbox_cursors ADD COLUMN reread_after BIGINT;
