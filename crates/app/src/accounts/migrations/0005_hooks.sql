-- Where a platform may call about an account: the last part of the address, which nobody can guess, and the secret that was agreed upon
-- with it, sealed like a key. When it last called, and why a call last counted for nothing.
CREATE TABLE account_hooks (
  account_id BIGINT NOT NULL PRIMARY KEY REFERENCES accounts (id),
  name TEXT NOT NULL,
  secret BLOB NOT NULL,
  sealed_by BIGINT NOT NULL,
  set_at BIGINT NOT NULL,
  heard_at BIGINT,
  refused_at BIGINT,
  refused_why TEXT NOT NULL
);
CREATE INDEX account_hooks_sealed_by ON account_hooks (sealed_by);
CREATE INDEX account_hooks_heard ON account_hooks (heard_at);
