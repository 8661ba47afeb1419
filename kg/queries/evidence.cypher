// Evidence for an event or a flight
// The sentences or track rows that say so, with their place in the article or file.
// @param id text =  — id of an event or a flight; empty for all
MATCH (x)-[:EVIDENCED_BY]->(ev:Evidence)
WHERE $id = '' OR x.id = $id
OPTIONAL MATCH (ev)-[:IN_ARTICLE]->(a:Article)
RETURN x.name AS what, ev.quote AS quote, a.title AS article, ev.`start` AS first, ev.`end` AS last
ORDER BY what, first, quote
