"""Transfers and open projects."""
