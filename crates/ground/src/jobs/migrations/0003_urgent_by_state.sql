DROP INDEX jobs_urgent;
CREATE INDEX jobs_urgent ON jobs (state, run_at, id) WHERE urgent;
