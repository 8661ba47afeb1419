// Who supplies whom
// Arms and aid with giver and receiver.
MATCH (e:Event)-[:ACTOR]->(giver), (e)-[:RECIPIENT]->(receiver)
WHERE e.type IN ['ArmsSupply', 'MilitaryAid', 'HumanitarianAid', 'Aid']
RETURN DISTINCT giver.name AS giver, receiver.name AS receiver, e.type AS what, e.realis AS realis
ORDER BY giver, receiver, what
