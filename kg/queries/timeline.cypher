// Timeline of events
// Dated events with their actors and places.
// @param type text =  — an event type; empty for all
MATCH (e:Event)
WHERE e.earliest IS NOT NULL AND ($type = '' OR e.type = $type)
OPTIONAL MATCH (e)-[:ACTOR]->(who)
OPTIONAL MATCH (e)-[:PLACE]->(p)
RETURN DISTINCT e.earliest AS earliest, e.type AS what, who.name AS who, p.name AS place, e.realis AS realis
ORDER BY earliest, what, who, place
