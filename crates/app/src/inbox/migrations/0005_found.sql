-- Only what is to be read again stands in this index: as long as all of an account's messages did, it looked like the
-- shortest way to whatever was asked of an account.
DROP INDEX messages_reread;
CREATE INDEX messages_reread ON messages (account_id, reread_at, id) WHERE reread_at IS NOT NULL;
-- Whether what came in answers an answer of ours.
CREATE INDEX answers_remote ON answers (remote_id, message_id);
