-- What is said after a version, each part an answer to the one before. The version itself is the first: these begin at two.
CREATE TABLE post_parts (
  post_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  part BIGINT NOT NULL,
  text_en TEXT NOT NULL,
  text_dz TEXT NOT NULL,
  PRIMARY KEY (post_id, version, part)
);
-- With all parts below one another, as our own channels show it; empty where nothing follows.
ALTER TABLE post_versions ADD COLUMN whole_en TEXT;
ALTER TABLE post_versions ADD COLUMN whole_dz TEXT;
ALTER TABLE post_targets ADD COLUMN whole TEXT;
DROP VIEW post_versions_v1;
CREATE VIEW post_versions_v1 AS
  SELECT v.post_id, v.version, p.agency_id, coalesce(v.whole_en, v.text_en) AS text_en, coalesce(v.whole_dz, v.text_dz) AS text_dz, v.note, v.content_hash, v.created_at
  FROM post_versions v JOIN posts p ON p.id = v.post_id;
DROP VIEW post_releases_v1;
CREATE VIEW post_releases_v1 AS
  SELECT d.post_id, d.version, d.at, coalesce(v.whole_en, v.text_en) AS text_en, coalesce(v.whole_dz, v.text_dz) AS text_dz, v.note
  FROM post_decisions d JOIN post_versions v ON v.post_id = d.post_id AND v.version = d.version
  WHERE d.kind = 'approval';
DROP VIEW post_targets_v1;
CREATE VIEW post_targets_v1 AS
  SELECT post_id, version, account_id, coalesce(whole, variant) AS variant FROM post_targets;
