-- The month in which a call took a place under a limit of what posts may cost.
ALTER TABLE delivery_attempts ADD COLUMN paid TEXT NOT NULL DEFAULT '';
-- What is out and could not be corrected or taken down, or is tried for the fifth time: a person must know.
CREATE INDEX deliveries_stuck ON deliveries (agency_id, id) WHERE state = 'sent' AND problem <> 'frozen' AND (problem <> '' OR tries >= 5);
