// What happened since a date
// Events and reported legs that may have ended on that date or later.
// @param date text = 1900-01-01 — ISO date
MATCH (art:Article)-[:REPORTS]->(x)
WITH art, x, coalesce(x.latest, x.arrival_latest, x.departure_latest) AS latest
WHERE latest >= $date
OPTIONAL MATCH (x)-[:ACTOR|FLOWN_WITH]->(who)
RETURN DISTINCT latest, x.name AS what, who.name AS who, coalesce(x.realis, x.status) AS status, art.title AS article
ORDER BY latest, what, who, article
