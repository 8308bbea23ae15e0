"""Assessment: formula files, the small language of counts, scores, runs and objections."""
