"""Brands and aliases that the office keeps itself."""
