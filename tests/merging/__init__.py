"""归并: what moves, what is said, what comes back."""
