CREATE TABLE recordings (
  id BIGINT NOT NULL PRIMARY KEY,
  agency_id BIGINT NOT NULL,
  digest TEXT NOT NULL,
  mime TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  duration_ms BIGINT,
  added_by BIGINT NOT NULL,
  added_at BIGINT NOT NULL
);
CREATE INDEX recordings_agency ON recordings (agency_id, id);
-- A version has at most one. What is said in it belongs to the version: it is approved with it.
CREATE TABLE post_recordings (
  post_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  recording_id BIGINT NOT NULL REFERENCES recordings (id),
  said_en TEXT NOT NULL,
  said_dz TEXT NOT NULL,
  PRIMARY KEY (post_id, version)
);
CREATE INDEX post_recordings_recording ON post_recordings (recording_id, post_id, version);
CREATE VIEW post_recordings_v1 AS
  SELECT pr.post_id, pr.version, r.id AS recording_id, r.digest, r.mime, r.bytes, r.duration_ms, pr.said_en, pr.said_dz
  FROM post_recordings pr JOIN recordings r ON r.id = pr.recording_id;
