CREATE TABLE acknowledgements (
  id BIGINT NOT NULL PRIMARY KEY,
  person_id BIGINT NOT NULL REFERENCES persons (id),
  edition TEXT NOT NULL,
  digest TEXT NOT NULL,
  acknowledged_at BIGINT NOT NULL
);
CREATE INDEX acknowledgements_person ON acknowledgements (person_id, digest);
CREATE TABLE declarations (
  id BIGINT NOT NULL PRIMARY KEY,
  person_id BIGINT NOT NULL REFERENCES persons (id),
  platform TEXT NOT NULL,
  purpose TEXT NOT NULL,
  declared_at BIGINT NOT NULL,
  withdrawn_at BIGINT
);
CREATE INDEX declarations_person ON declarations (person_id, id);
CREATE TABLE referrals (
  id BIGINT NOT NULL PRIMARY KEY,
  person_id BIGINT NOT NULL REFERENCES persons (id),
  referred_by BIGINT NOT NULL,
  decider_id BIGINT NOT NULL,
  rule TEXT NOT NULL,
  what TEXT NOT NULL,
  referred_at BIGINT NOT NULL,
  reply TEXT,
  replied_at BIGINT,
  outcome TEXT,
  reason TEXT,
  decided_at BIGINT
);
CREATE INDEX referrals_person ON referrals (person_id, id);
CREATE INDEX referrals_decider ON referrals (decider_id, id);
CREATE INDEX referrals_by ON referrals (referred_by, id);
