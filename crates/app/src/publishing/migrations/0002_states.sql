CREATE INDEX deliveries_state ON deliveries (state, id);
CREATE INDEX deliveries_behind ON deliveries (id) WHERE state = 'sent' AND problem = '' AND (unwanted OR sent_version < version);
