// Reports that no receiver saw
// Reported legs that no observed flight supports.
MATCH (f:ReportedFlight)
WHERE f.verdict IN ['contradicted', 'not-observable', 'no-data']
RETURN f.name AS reported, f.departure_text AS departure, f.verdict AS verdict, f.summary AS why
ORDER BY verdict, reported
