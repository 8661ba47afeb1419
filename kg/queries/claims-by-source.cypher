// Claims by source
// Who says what: events and flights attributed to a person, a body or an outlet.
// @param source text =  — name of the source; empty for all
MATCH (x)-[:ATTRIBUTED_TO]->(s), (x)-[:EVIDENCED_BY]->(ev:Evidence)
WHERE $source = '' OR s.name = $source
RETURN DISTINCT s.name AS source, x.name AS claim, coalesce(x.realis, x.status) AS status, ev.quote AS quote
ORDER BY source, claim, quote
