CREATE INDEX deliveries_out ON deliveries (agency_id, sent_at) WHERE state = 'sent' AND reply_to = '';
