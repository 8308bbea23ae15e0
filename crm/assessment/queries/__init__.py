"""Named reads of assessment: runs as somebody may read them; computing."""
