-- What a person was told of, that it is late: once for each time it was due.
CREATE TABLE late_deliveries (
  delivery_id BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  told_at BIGINT NOT NULL,
  PRIMARY KEY (delivery_id, due_at)
);
CREATE INDEX deliveries_due ON deliveries (agency_id, due_at) WHERE state = 'waiting';
