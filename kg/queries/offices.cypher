// People and their offices
// Who holds or held which office, of which state or body.
MATCH (p:Person)-[o:HOLDS_OFFICE]->(c)
RETURN p.name AS person, o.title AS office, c.name AS holder_of, o.since AS since, o.until AS until
ORDER BY person, since, office
