CREATE INDEX deliveries_state ON deliveries (state, id);
CREATE INDEX deliveries_post ON deliveries (post_id, state, id);
DROP INDEX deliveries_due;
CREATE INDEX deliveries_waiting ON deliveries (state, next_at) WHERE state = 'waiting';
CREATE INDEX deliveries_behind ON deliveries (state, id) WHERE state = 'sent' AND problem = '' AND (unwanted OR sent_version < version);
