"""Weekly returns."""
