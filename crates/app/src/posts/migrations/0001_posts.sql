CREATE TABLE posts (
  id BIGINT NOT NULL PRIMARY KEY,
  agency_id BIGINT NOT NULL,
  state TEXT NOT NULL,
  version BIGINT NOT NULL,
  released_version BIGINT,
  scheduled_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX posts_agency ON posts (agency_id, id);
CREATE INDEX posts_agency_state ON posts (agency_id, state, id);
CREATE INDEX posts_state ON posts (state, id);
CREATE TABLE post_versions (
  post_id BIGINT NOT NULL REFERENCES posts (id),
  version BIGINT NOT NULL,
  text_en TEXT NOT NULL,
  text_dz TEXT NOT NULL,
  note TEXT NOT NULL,
  scheduled_at BIGINT,
  content_hash TEXT NOT NULL,
  author_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (post_id, version)
);
CREATE TABLE post_targets (
  post_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  variant TEXT NOT NULL,
  PRIMARY KEY (post_id, version, account_id)
);
CREATE TABLE post_pictures (
  post_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  place BIGINT NOT NULL,
  media_id BIGINT NOT NULL,
  PRIMARY KEY (post_id, version, place)
);
CREATE INDEX post_pictures_media ON post_pictures (media_id);
CREATE TABLE media (
  id BIGINT NOT NULL PRIMARY KEY,
  agency_id BIGINT NOT NULL,
  digest TEXT NOT NULL,
  mime TEXT NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  alt_en TEXT NOT NULL,
  alt_dz TEXT NOT NULL,
  added_by BIGINT NOT NULL,
  added_at BIGINT NOT NULL
);
CREATE INDEX media_agency ON media (agency_id, id);
CREATE TABLE post_decisions (
  id BIGINT NOT NULL PRIMARY KEY,
  post_id BIGINT NOT NULL REFERENCES posts (id),
  version BIGINT NOT NULL,
  kind TEXT NOT NULL,
  person_id BIGINT NOT NULL,
  reason TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX post_decisions_post ON post_decisions (post_id, id);
CREATE VIEW post_versions_v1 AS
  SELECT v.post_id, v.version, p.agency_id, v.text_en, v.text_dz, v.note, v.content_hash, v.created_at
  FROM post_versions v JOIN posts p ON p.id = v.post_id;
CREATE VIEW post_pictures_v1 AS
  SELECT pp.post_id, pp.version, pp.place, m.id AS media_id, m.digest, m.mime, m.width, m.height, m.alt_en, m.alt_dz
  FROM post_pictures pp JOIN media m ON m.id = pp.media_id;
