// People and their offices
// Who held which office when the article appeared.
MATCH (p:Person)-[o:HOLDS_OFFICE]->(c)
RETURN p.name AS person, o.title AS office, c.name AS of, o.since AS since, o.until AS until
ORDER BY person, since
