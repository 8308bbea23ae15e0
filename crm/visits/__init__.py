"""走访 visits: what happened with whom (走访, 来访, 会见, 洽谈). 写进展 is the one verb; it becomes the timeline."""
