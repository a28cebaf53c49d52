CREATE TABLE persons (
  id BIGINT NOT NULL PRIMARY KEY,
  agency_id BIGINT,
  name TEXT NOT NULL,
  email TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  totp_secret BLOB,
  totp_last_step BIGINT NOT NULL,
  state TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX persons_agency ON persons (agency_id, id);
CREATE TABLE role_grants (
  id BIGINT NOT NULL PRIMARY KEY,
  person_id BIGINT NOT NULL REFERENCES persons (id),
  role TEXT NOT NULL,
  agency_id BIGINT,
  purpose TEXT NOT NULL,
  granted_by TEXT NOT NULL,
  granted_at BIGINT NOT NULL,
  until BIGINT,
  ended_at BIGINT,
  ended_by TEXT
);
CREATE INDEX role_grants_person ON role_grants (person_id, id);
CREATE INDEX role_grants_agency ON role_grants (agency_id, role, id);
CREATE TABLE citizens (
  id BIGINT NOT NULL PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE TABLE sessions (
  id BIGINT NOT NULL PRIMARY KEY,
  token_digest TEXT NOT NULL UNIQUE,
  person_id BIGINT,
  citizen_id BIGINT,
  csrf TEXT NOT NULL,
  passed_totp BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_person ON sessions (person_id, id);
CREATE INDEX sessions_expiry ON sessions (expires_at);
CREATE TABLE access_tokens (
  id BIGINT NOT NULL PRIMARY KEY,
  person_id BIGINT NOT NULL REFERENCES persons (id),
  name TEXT NOT NULL,
  token_digest TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT
);
CREATE INDEX access_tokens_person ON access_tokens (person_id, id);
CREATE TABLE one_time_links (
  id BIGINT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  token_digest TEXT NOT NULL UNIQUE,
  subject TEXT NOT NULL,
  next_path TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX one_time_links_subject ON one_time_links (subject, kind);
