"""Keeping the product well: its commands, and what a gateway asks."""
