"""Companies: groups on record, what people said about their names."""
