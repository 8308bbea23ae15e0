"""首笔到资: the milestone and the line of the ledger that are one fact, kept as such."""
