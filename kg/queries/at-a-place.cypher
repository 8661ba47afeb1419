// What happened at a place
// Events and legs that a place takes part in.
// @param place text =  — name of a city, airport, region or country
MATCH (x)-[r]->(p)
WHERE p.name = $place AND r.role IN ['place', 'origin', 'destination']
RETURN DISTINCT x.name AS what, r.role AS how, x.id AS id
ORDER BY what, how, id
