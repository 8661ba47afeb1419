// Itinerary of an aircraft
// The legs of one aircraft in order, with what receivers say of each.
// @param aircraft text =  — registration or description; empty for all
MATCH (f:ReportedFlight)
OPTIONAL MATCH (f)-[:FLOWN_WITH]->(a:Aircraft)
OPTIONAL MATCH (f)-[:ORIGIN]->(o)
OPTIONAL MATCH (f)-[:DESTINATION]->(d)
WITH f, a, o, d
WHERE $aircraft = '' OR a.name = $aircraft OR f.registration = $aircraft OR f.callsign = $aircraft
RETURN a.name AS aircraft, f.leg AS leg, o.name AS origin, d.name AS destination, f.departure_text AS departure, f.arrival_text AS arrival, f.status AS status, f.verdict AS verdict
ORDER BY f.journey, leg, origin, destination
