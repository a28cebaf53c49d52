-- What the minute's look needs: whether anything changed since the day was summed up.
ALTER TABLE compliance_days ADD COLUMN changed_at BIGINT;
CREATE INDEX compliance_rows_changed ON compliance_rows (changed_at);
