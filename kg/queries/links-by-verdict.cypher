// Links by verdict
// Reported legs with what receivers say of them, and why.
// @param verdict text =  — corroborated, consistent, contradicted, not-observable, no-data; empty for all
MATCH (f:ReportedFlight)
WHERE f.verdict IS NOT NULL AND ($verdict = '' OR f.verdict = $verdict)
OPTIONAL MATCH (f)-[:LINKED_TO]->(o:ObservedFlight)
RETURN f.verdict AS verdict, f.name AS reported, o.name AS observed, f.probability AS probability, f.summary AS why
ORDER BY verdict, reported
