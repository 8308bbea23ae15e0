"""区级周报: the district weekly return, drafted from what was entered in the week, edited, submitted, returned, confirmed."""
