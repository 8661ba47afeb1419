// What happened since a date
// Events and flights with a period that ends after a date.
// @param date text = 1900-01-01 — ISO date
MATCH (art:Article)-[:REPORTS]->(e:Event)
WHERE e.latest >= $date
OPTIONAL MATCH (e)-[:ACTOR]->(who)
RETURN DISTINCT e.latest AS latest, e.type AS what, who.name AS who, e.realis AS realis, art.title AS article
ORDER BY latest, what, who
