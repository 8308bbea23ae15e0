"""Named reads of the three batches: the rolling numbers, conversion, what an edition keeps, editions as somebody may read them."""
