CREATE TABLE lead_appointments (
  id BIGINT NOT NULL PRIMARY KEY,
  agency_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL REFERENCES persons (id),
  grant_id BIGINT NOT NULL,
  order_ref TEXT NOT NULL,
  grade TEXT NOT NULL,
  from_at BIGINT NOT NULL,
  until BIGINT NOT NULL,
  deputy_id BIGINT,
  deputy_grant_id BIGINT,
  appointed_by TEXT NOT NULL,
  appointed_at BIGINT NOT NULL
);
CREATE INDEX lead_appointments_agency ON lead_appointments (agency_id, id);
CREATE TABLE lead_vacancies (
  id BIGINT NOT NULL PRIMARY KEY,
  agency_id BIGINT NOT NULL,
  since BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX lead_vacancies_agency ON lead_vacancies (agency_id, id);
CREATE TABLE trainings (
  id BIGINT NOT NULL PRIMARY KEY,
  agency_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL REFERENCES persons (id),
  title TEXT NOT NULL,
  held_on BIGINT NOT NULL,
  recorded_by TEXT NOT NULL,
  recorded_at BIGINT NOT NULL
);
CREATE INDEX trainings_person ON trainings (person_id, id);
CREATE INDEX trainings_agency ON trainings (agency_id, id);
CREATE TABLE team_backups (
  agency_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  backup_id BIGINT NOT NULL,
  set_by TEXT NOT NULL,
  set_at BIGINT NOT NULL,
  PRIMARY KEY (agency_id, person_id)
);
