"""上线对账: the window in which all units bring their histories, and the one list of conflicts for the meeting that settles them."""
