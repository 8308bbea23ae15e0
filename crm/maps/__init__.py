"""地图 maps: the official outlines of the city's areas, uploaded with their 审图号; without them the board shows its own sketch."""
