CREATE TABLE agencies (
  id BIGINT NOT NULL PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  name_en TEXT NOT NULL,
  name_dz TEXT NOT NULL,
  sort_name TEXT NOT NULL,
  parent_code TEXT,
  valid_from TEXT,
  valid_until TEXT,
  current BOOLEAN NOT NULL
);
CREATE INDEX agencies_kind ON agencies (kind, id);
CREATE TABLE agency_successors (
  code TEXT NOT NULL,
  successor TEXT NOT NULL,
  PRIMARY KEY (code, successor)
);
CREATE INDEX agency_successors_successor ON agency_successors (successor);
CREATE VIEW agencies_v1 AS SELECT id, code, kind, name_en, name_dz, current FROM agencies;
