ALTER TABLE jobs ADD COLUMN urgent BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX jobs_urgent ON jobs (run_at, id) WHERE urgent;
