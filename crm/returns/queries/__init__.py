"""Reads of weekly returns: what the base says of a week (statements), returns as somebody may read them (returns), lists of weeks
and units (weeks).
"""
