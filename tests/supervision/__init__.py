"""Supervised tasks."""
