"""Measurements, as ratios in one run on one machine: `python3 dev.py bench NAME`."""
