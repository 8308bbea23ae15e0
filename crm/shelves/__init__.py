"""保存的视图: named states of the pipeline list, one's own, a unit's, the city's."""
