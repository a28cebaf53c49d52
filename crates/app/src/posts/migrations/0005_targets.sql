-- With which text of its own a version was to go to an account.
CREATE VIEW post_targets_v1 AS
  SELECT post_id, version, account_id, variant FROM post_targets;
