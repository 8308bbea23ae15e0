"""门厅 web: base form, guards, sessions, error pages, locale, formatting. What every page needs, and no room's words."""
