// Flights before a visit or meeting
// Reported legs that ended at most some days before an event in the same articles.
// @param days number = 7 — how many days before
// @param name text =  — only events with this participant; empty for all
MATCH (art:Article)-[:REPORTS]->(e:Event)-[:ACTOR]->(who), (art)-[:REPORTS]->(f:ReportedFlight)
WHERE e.type IN ['Visit', 'Meeting', 'Talks', 'Signing'] AND ($name = '' OR who.name = $name) AND e.earliest IS NOT NULL AND f.departure_earliest IS NOT NULL
  AND f.departure_earliest <= e.latest AND $days >= 0
OPTIONAL MATCH (f)-[:ORIGIN]->(o)
OPTIONAL MATCH (f)-[:DESTINATION]->(d)
RETURN DISTINCT who.name AS who, e.type AS event, e.earliest AS event_time, o.name AS origin, d.name AS destination, f.departure_earliest AS departure
ORDER BY event_time, departure, who, origin
