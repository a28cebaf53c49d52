CREATE INDEX messages_parent ON messages (parent_id, id);
CREATE VIEW comments_v1 AS
  SELECT id, agency_id, post_id, parent_id, citizen_id,
    CASE WHEN visibility IN ('hide', 'withdrawn') THEN '' ELSE author_name END AS author_name,
    CASE WHEN visibility IN ('mask', 'hide', 'withdrawn') THEN '' ELSE text END AS text,
    lang, visibility, written_at
  FROM messages WHERE platform = 'site';
