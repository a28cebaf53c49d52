-- Who asked for an agency's notices by mail. Whoever leaves is deleted: nothing of them is kept.
CREATE TABLE subscribers (
  id BIGINT NOT NULL PRIMARY KEY,
  account_id BIGINT NOT NULL,
  email TEXT NOT NULL,
  lang TEXT NOT NULL,
  token TEXT NOT NULL UNIQUE,
  asked_at BIGINT NOT NULL,
  confirmed_at BIGINT,
  refused BIGINT NOT NULL DEFAULT 0,
  UNIQUE (account_id, email)
);
CREATE INDEX subscribers_of ON subscribers (account_id, id);
CREATE INDEX subscribers_asked ON subscribers (asked_at) WHERE confirmed_at IS NULL;
-- One mailing: the approved words of one version, or that it was withdrawn.
CREATE TABLE newsletters (
  id BIGINT NOT NULL PRIMARY KEY,
  agency_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  post_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  kind TEXT NOT NULL,
  words TEXT NOT NULL,
  note TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  done_at BIGINT
);
CREATE INDEX newsletters_of ON newsletters (account_id, id);
CREATE INDEX newsletters_post ON newsletters (post_id, account_id, id);
-- What became of it for each who was to get it.
CREATE TABLE newsletter_mails (
  newsletter_id BIGINT NOT NULL,
  subscriber_id BIGINT NOT NULL,
  state TEXT NOT NULL,
  at BIGINT NOT NULL,
  problem TEXT NOT NULL,
  PRIMARY KEY (newsletter_id, subscriber_id)
);
