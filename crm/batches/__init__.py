"""三个一批: the rolling list of projects in negotiation, signed and under construction, and its frozen editions (第 N 期)."""
