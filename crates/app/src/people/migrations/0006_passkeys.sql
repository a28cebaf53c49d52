ALTER TABLE sessions ADD COLUMN means TEXT;
CREATE TABLE passkeys (
  id BIGINT NOT NULL PRIMARY KEY,
  person_id BIGINT NOT NULL REFERENCES persons (id),
  name TEXT NOT NULL,
  credential_id TEXT NOT NULL UNIQUE,
  credential TEXT NOT NULL,
  added_at BIGINT NOT NULL,
  used_at BIGINT,
  blocked_at BIGINT
);
CREATE INDEX passkeys_person ON passkeys (person_id, id);
CREATE TABLE challenges (
  id BIGINT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  token_digest TEXT NOT NULL UNIQUE,
  person_id BIGINT,
  session_id BIGINT,
  state TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX challenges_expiry ON challenges (expires_at);
