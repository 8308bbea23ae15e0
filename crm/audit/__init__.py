"""留痕 audit: one line for each business act, chained by hashes; payloads lie apart, so that a person's data can be erased."""
