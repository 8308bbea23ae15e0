"""疑似重复 review: every company compared with the base in a sweep, and the queue in which people say what the likely pairs are."""
