"""招商活动 events: fairs, roadshows, signing ceremonies, and which leads came from one or were signed at one."""
