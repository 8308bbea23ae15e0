"""The pipeline: gates, milestones, the second pair of eyes, pausing and ending."""
