-- The newest counts of an account's posts, compared with what was captured.
CREATE INDEX figure_measures_account ON figure_measures (account_id, measured_at);
