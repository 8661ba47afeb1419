// Observed flights that no report mentions
// Legs that receivers recorded and no article tells of.
MATCH (o:ObservedFlight)
OPTIONAL MATCH (f:ReportedFlight)-[l:LINKED_TO]->(o)
WITH o, count(CASE WHEN l.verdict IN ['corroborated', 'consistent'] THEN 1 ELSE NULL END) AS told
WHERE told = 0
RETURN o.name AS observed, o.takeoff_earliest AS takeoff, o.landing_latest AS landing, o.file AS file
ORDER BY takeoff, observed
