"""Word templates of an office's own."""
