"""业绩归属: which unit is credited with how much of a lead's results, since when and why. Lines are added, never changed."""
