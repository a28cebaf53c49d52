-- Freezes that stand already hold newsletters too.
INSERT INTO newsletter_stops (agency_id) SELECT agency_id FROM freezes WHERE thawed_at IS NULL ON CONFLICT (agency_id) DO NOTHING;
