// Agreements and their parties
// What was signed, pledged or broken, by whom, when.
MATCH (e:Event)-[:TOPIC|TARGET|INSTRUMENT]->(t:Agreement)
OPTIONAL MATCH (e)-[:ACTOR|COUNTERPART]->(a)
RETURN DISTINCT t.name AS agreement, a.name AS party, e.type AS event, e.earliest AS earliest
ORDER BY agreement, party, event
