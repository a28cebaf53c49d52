-- What a person puts on an account that the program has no way to: one row for each thing asked.
CREATE TABLE hand_overs (
  delivery_id BIGINT NOT NULL,
  n BIGINT NOT NULL,
  agency_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  decided_by BIGINT,
  decided_at BIGINT,
  url TEXT NOT NULL,
  note TEXT NOT NULL,
  media_id BIGINT,
  PRIMARY KEY (delivery_id, n)
);
CREATE INDEX hand_overs_open ON hand_overs (agency_id, asked_at) WHERE state = 'open';
