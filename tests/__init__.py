"""The checks: services on both databases, pages, the kernel under races, the house itself, journeys in a real browser."""
