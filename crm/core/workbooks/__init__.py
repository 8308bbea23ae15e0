"""Tables as offices send them: cells read in a process of their own, the heading under titles and bands, units of sums."""
