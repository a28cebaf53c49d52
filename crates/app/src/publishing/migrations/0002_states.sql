CREATE INDEX deliveries_state ON deliveries (state, id);
CREATE INDEX deliveries_behind ON deliveries (id) WHERE state = 'sent' AND problem = '' AND (unwanted OR sent_version < version);
CREATE INDEX deliveries_post ON deliveries (post_id, state, id);
