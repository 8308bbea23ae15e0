"""Companies: what people said about their names."""
