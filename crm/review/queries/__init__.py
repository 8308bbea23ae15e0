"""Reads of the review: what a sweep finds, the queue, one pair side by side, rights."""
