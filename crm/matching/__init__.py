"""查重 matching: is this the same firm? Across scripts and spellings, in three verdicts with reasons; pure rules over one index."""
