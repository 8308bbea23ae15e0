"""Stories through a real browser."""
