// Path between two names
// Events and flights in which both take part, and how. For longer ways: kg path.
// @param one text =  — a name
// @param other text =  — another name
MATCH (a)<-[r1]-(x)-[r2]->(b)
WHERE a.name = $one AND b.name = $other AND r1.role IS NOT NULL AND r2.role IS NOT NULL
RETURN DISTINCT a.name AS one, r1.role AS how_one, x.name AS through, r2.role AS how_other, b.name AS other
ORDER BY through, how_one, how_other
