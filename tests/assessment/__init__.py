"""Assessment: formula files, scores, runs, objections, pages."""
