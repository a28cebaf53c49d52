-- That a token ends before a post is due is told once.
CREATE TABLE post_key_warnings (
  post_id BIGINT NOT NULL REFERENCES posts (id),
  account_id BIGINT NOT NULL,
  key_until BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (post_id, account_id, key_until)
);
CREATE INDEX posts_state_due ON posts (state, due_at);
