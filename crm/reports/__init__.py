"""报表 reports: what a leader is shown and handed: the page, the sheet, a project's brief."""
