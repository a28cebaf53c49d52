CREATE TABLE search_docs (
  kind TEXT NOT NULL,
  ref_id BIGINT NOT NULL,
  scope BIGINT NOT NULL,
  public BIGINT NOT NULL,
  tokens TSVECTOR NOT NULL,
  PRIMARY KEY (kind, ref_id)
);
CREATE INDEX search_docs_tokens ON search_docs USING gin (tokens);
