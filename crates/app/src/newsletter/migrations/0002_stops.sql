-- Whose mails do not leave at the moment: an agency's, or (0) anybody's.
CREATE TABLE newsletter_stops (
  agency_id BIGINT NOT NULL PRIMARY KEY
);
CREATE INDEX newsletter_mails_held ON newsletter_mails (newsletter_id, subscriber_id) WHERE state = 'held';
CREATE INDEX newsletters_open ON newsletters (id) WHERE done_at IS NULL;
