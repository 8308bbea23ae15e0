"""考核: score formulas as data, runs with their arithmetic opened, objections and answers."""
