-- When a call began by time that nobody can set: which start of which machine, and microseconds since then.
ALTER TABLE delivery_attempts ADD COLUMN boot TEXT NOT NULL DEFAULT '';
ALTER TABLE delivery_attempts ADD COLUMN boot_us BIGINT NOT NULL DEFAULT 0;
