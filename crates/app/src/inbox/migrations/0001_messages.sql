CREATE TABLE messages (
  id BIGINT NOT NULL PRIMARY KEY,
  agency_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  platform TEXT NOT NULL,
  remote_id TEXT NOT NULL,
  post_id BIGINT,
  parent_id BIGINT,
  citizen_id BIGINT,
  author_id TEXT NOT NULL,
  author_name TEXT NOT NULL,
  author_url TEXT NOT NULL,
  text TEXT NOT NULL,
  lang TEXT NOT NULL,
  url TEXT NOT NULL,
  state TEXT NOT NULL,
  visibility TEXT NOT NULL,
  written_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  answered_at BIGINT,
  closed_reason TEXT NOT NULL,
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX messages_remote ON messages (account_id, remote_id);
CREATE INDEX messages_agency ON messages (agency_id, id);
CREATE INDEX messages_agency_state ON messages (agency_id, state, id);
CREATE INDEX messages_state ON messages (state, id);
CREATE INDEX messages_post ON messages (post_id, id);
CREATE TABLE answers (
  id BIGINT NOT NULL PRIMARY KEY,
  message_id BIGINT NOT NULL REFERENCES messages (id),
  agency_id BIGINT NOT NULL,
  text TEXT NOT NULL,
  lang TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  state TEXT NOT NULL,
  author_id BIGINT NOT NULL,
  decided_by BIGINT,
  decided_at BIGINT,
  reason TEXT NOT NULL,
  url TEXT NOT NULL,
  remote_id TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  sent_at BIGINT
);
CREATE INDEX answers_message ON answers (message_id, id);
CREATE INDEX answers_agency_state ON answers (agency_id, state, id);
CREATE TABLE inbox_cursors (
  account_id BIGINT NOT NULL PRIMARY KEY,
  cursor_at TEXT,
  read_at BIGINT NOT NULL,
  error TEXT NOT NULL,
  failing_since BIGINT
);
CREATE VIEW messages_v1 AS
  SELECT id, agency_id, account_id, platform, post_id, parent_id, citizen_id, author_name, author_url, text, lang, state, visibility, written_at, received_at, answered_at FROM messages;
CREATE VIEW answers_v1 AS
  SELECT id, message_id, agency_id, text, lang, state, created_at, sent_at FROM answers;
