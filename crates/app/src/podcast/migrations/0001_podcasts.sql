-- What a show says of itself. An account without a row has its handle for a title.
CREATE TABLE podcast_shows (
  account_id BIGINT NOT NULL PRIMARY KEY,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  lang TEXT NOT NULL,
  category TEXT NOT NULL,
  email TEXT NOT NULL,
  artwork TEXT NOT NULL,
  artwork_mime TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);
-- The posts that are or were episodes; which words and recording, the version says.
CREATE TABLE podcast_episodes (
  id BIGINT NOT NULL PRIMARY KEY,
  account_id BIGINT NOT NULL,
  post_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  state TEXT NOT NULL,
  published_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (account_id, post_id)
);
CREATE INDEX podcast_episodes_of ON podcast_episodes (account_id, id);
