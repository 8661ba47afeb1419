// Aircraft by operator
// Which aircraft an operator is said to fly, with their legs.
// @param operator text =  — name of the operator; empty for all
MATCH (f:ReportedFlight)-[:OPERATOR]->(o)
WHERE $operator = '' OR o.name = $operator
OPTIONAL MATCH (f)-[:FLOWN_WITH]->(a:Aircraft)
OPTIONAL MATCH (f)-[:OF_TYPE]->(t:AircraftType)
RETURN o.name AS operator, a.name AS aircraft, t.name AS type, count(f) AS legs
ORDER BY operator, aircraft, type
