CREATE VIEW post_releases_v1 AS
  SELECT d.post_id, d.version, d.at, v.text_en, v.text_dz, v.note
  FROM post_decisions d JOIN post_versions v ON v.post_id = d.post_id AND v.version = d.version
  WHERE d.kind = 'approval';
