-- Which part of a post it is: 1 is the post itself, a later one answers the part before it on the same account.
ALTER TABLE deliveries ADD COLUMN part BIGINT NOT NULL DEFAULT 1;
DROP INDEX deliveries_once;
CREATE UNIQUE INDEX deliveries_once ON deliveries (post_id, account_id, part);
DROP VIEW deliveries_v1;
CREATE VIEW deliveries_v1 AS
  SELECT id, post_id, agency_id, account_id, platform, version, state, due_at, remote_id, url, sent_version, sent_at FROM deliveries WHERE reply_to = '' AND part = 1;
