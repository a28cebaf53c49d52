CREATE TABLE spending_limits (
  account_id BIGINT NOT NULL PRIMARY KEY,
  price BIGINT NOT NULL,
  most BIGINT NOT NULL,
  currency TEXT NOT NULL,
  set_by BIGINT NOT NULL,
  set_at BIGINT NOT NULL
);
CREATE TABLE spending (
  account_id BIGINT NOT NULL,
  month TEXT NOT NULL,
  posts BIGINT NOT NULL,
  PRIMARY KEY (account_id, month)
);
