"""Long work: taken once, counted, taken up again, given up."""
