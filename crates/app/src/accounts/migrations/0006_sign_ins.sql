-- The program as platforms know it, for people who permit it something by signing in there: one for each platform and server. Made there by a
-- person, or introduced by the program itself. The secret is sealed with the master key.
CREATE TABLE account_apps (
  id BIGINT NOT NULL PRIMARY KEY,
  platform TEXT NOT NULL,
  server TEXT NOT NULL,
  client_id TEXT NOT NULL,
  secret BLOB NOT NULL,
  redirect TEXT NOT NULL,
  introduced BOOLEAN NOT NULL,
  set_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX account_apps_server ON account_apps (platform, server);
-- Who was sent to a platform to sign in, for which account, and comes back with the state of this digest: once, soon, and in the session that
-- they were sent from (empty: by a program of theirs).
CREATE TABLE account_sign_ins (
  id BIGINT NOT NULL PRIMARY KEY,
  state_digest TEXT NOT NULL,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  person_id BIGINT NOT NULL,
  session_id BIGINT,
  app_id BIGINT NOT NULL,
  server TEXT NOT NULL,
  redirect TEXT NOT NULL,
  verifier BLOB NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE UNIQUE INDEX account_sign_ins_state ON account_sign_ins (state_digest);
CREATE INDEX account_sign_ins_expires ON account_sign_ins (expires_at);
