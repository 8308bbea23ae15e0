"""Attribution: models, lines, pages."""
