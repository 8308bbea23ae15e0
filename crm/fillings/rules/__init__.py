"""Rules of filling tables: where the blank rows are, what a column may hold, how a value is written, what is refused."""
