"""Matters for coordination."""
