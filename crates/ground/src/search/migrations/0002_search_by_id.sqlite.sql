-- What is found is a row by its id; the words lie beside it, without a copy of the text, in the order of ids, so that the
-- newest hits are read first and no more than a page asks for. Whose a document is stands among its words, marked by §.
CREATE TABLE search_entries (
  ref_id BIGINT NOT NULL,
  public BIGINT NOT NULL,
  kind TEXT NOT NULL,
  scope BIGINT NOT NULL,
  PRIMARY KEY (ref_id, public)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE search_desk USING fts5 (tokens, content = '', contentless_delete = 1, detail = none, tokenize = "ascii");
CREATE VIRTUAL TABLE search_public USING fts5 (tokens, content = '', contentless_delete = 1, detail = none, tokenize = "ascii");
INSERT INTO search_entries (ref_id, public, kind, scope) SELECT ref_id, public, kind, scope FROM search_docs;
INSERT INTO search_desk (rowid, tokens) SELECT ref_id, tokens || ' §k' || replace(kind, '-', '') || ' §s' || scope FROM search_docs WHERE public = 0;
INSERT INTO search_public (rowid, tokens) SELECT ref_id, tokens || ' §k' || replace(kind, '-', '') || ' §s' || scope FROM search_docs WHERE public = 1;
DROP TABLE search_docs;
