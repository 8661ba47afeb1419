"""How the flights of an article are read: triggers → moves in text order → legs of journeys."""
