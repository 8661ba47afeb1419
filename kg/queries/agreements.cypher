// Agreements and their parties
// What was signed, by whom, when.
MATCH (e:Event)-[:TOPIC]->(t:Agreement)
OPTIONAL MATCH (e)-[:ACTOR]->(a)
RETURN DISTINCT t.name AS agreement, a.name AS party, e.type AS event, e.earliest AS earliest
ORDER BY agreement, party, event
