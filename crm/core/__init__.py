"""地基 core: database, unit of work, clock, ids, types, errors, text. Knows no request and no room."""
