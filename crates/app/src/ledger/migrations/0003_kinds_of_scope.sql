CREATE INDEX facts_scope_kind ON facts (scope, kind, id);
