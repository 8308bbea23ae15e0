"""Companies: groups on record."""
