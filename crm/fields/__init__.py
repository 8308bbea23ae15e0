"""字段 fields: what a lead, its company, its milestones and its money say, by name; read for somebody, cut to what they may read."""
