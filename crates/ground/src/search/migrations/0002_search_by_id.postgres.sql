CREATE INDEX search_docs_ref ON search_docs (ref_id);
