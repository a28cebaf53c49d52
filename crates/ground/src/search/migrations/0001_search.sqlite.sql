CREATE VIRTUAL TABLE search_docs USING fts5 (kind UNINDEXED, ref_id UNINDEXED, scope UNINDEXED, public UNINDEXED, tokens, tokenize = "ascii");
