-- What follows a post and is out: platforms count it among the answers.
CREATE VIEW delivery_parts_v1 AS
  SELECT post_id, account_id, part, sent_at FROM deliveries WHERE reply_to = '' AND part > 1 AND sent_at IS NOT NULL;
-- What an answer of ours was called before a correction gave it another number.
CREATE TABLE delivery_names (
  account_id BIGINT NOT NULL,
  remote_id TEXT NOT NULL,
  delivery_id BIGINT NOT NULL,
  PRIMARY KEY (account_id, remote_id)
);
