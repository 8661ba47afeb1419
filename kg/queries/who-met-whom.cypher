// Who met whom, where and when
// Meetings, visits, talks and signings with their participants.
// @param name text =  — only with this person, state or body; empty for all
MATCH (e:Event)-[:ACTOR|COUNTERPART]->(a), (e)-[:ACTOR|COUNTERPART]->(b)
WHERE e.type IN ['Meeting', 'Talks', 'Signing', 'Consult', 'Visit'] AND a.id < b.id AND ($name = '' OR a.name = $name OR b.name = $name)
OPTIONAL MATCH (e)-[:PLACE]->(p)
RETURN DISTINCT a.name AS one, b.name AS other, e.type AS what, p.name AS place, e.earliest AS earliest, e.realis AS realis
ORDER BY earliest, one, other, what, place
