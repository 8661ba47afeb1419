// Flights before a visit or meeting
// Reported legs that may have left at most some days before a meeting that an article with the same leg tells of.
// @param days number = 7 — how many days before
// @param name text =  — only events with this participant; empty for all
MATCH (art:Article)-[:REPORTS]->(e:Event)-[:ACTOR|COUNTERPART]->(who), (art)-[:REPORTS]->(f:ReportedFlight)
WHERE e.type IN ['Visit', 'Meeting', 'Talks', 'Signing'] AND ($name = '' OR who.name = $name)
  AND e.latest IS NOT NULL AND f.departure_earliest IS NOT NULL AND left(f.departure_earliest, 10) <= left(e.latest, 10)
// Days as numbers, counted from year, month and day: subtracting dates is written differently in every store.
WITH e, f, who,
  toInteger(left(coalesce(e.earliest, e.latest), 4)) AS e_y, toInteger(right(left(coalesce(e.earliest, e.latest), 7), 2)) AS e_m,
  toInteger(right(left(coalesce(e.earliest, e.latest), 10), 2)) AS e_d,
  toInteger(left(coalesce(f.departure_latest, f.departure_earliest), 4)) AS f_y, toInteger(right(left(coalesce(f.departure_latest, f.departure_earliest), 7), 2)) AS f_m,
  toInteger(right(left(coalesce(f.departure_latest, f.departure_earliest), 10), 2)) AS f_d
WITH e, f, who,
  1461 * (e_y + 4800 + (e_m - 14) / 12) / 4 + 367 * (e_m - 2 - (e_m - 14) / 12 * 12) / 12 - 3 * ((e_y + 4900 + (e_m - 14) / 12) / 100) / 4 + e_d AS e_day,
  1461 * (f_y + 4800 + (f_m - 14) / 12) / 4 + 367 * (f_m - 2 - (f_m - 14) / 12 * 12) / 12 - 3 * ((f_y + 4900 + (f_m - 14) / 12) / 100) / 4 + f_d AS f_day
WHERE e_day - f_day <= $days
OPTIONAL MATCH (f)-[:ORIGIN]->(o)
OPTIONAL MATCH (f)-[:DESTINATION]->(d)
RETURN DISTINCT who.name AS who, e.type AS event, e.earliest AS event_time, o.name AS origin, d.name AS destination, f.departure_earliest AS departure
ORDER BY event_time, departure, who, origin
