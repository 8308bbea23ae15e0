"""The three batches: their rules, their numbers, editions, who reads what of one, files."""
