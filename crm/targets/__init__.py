"""指标: dated targets as data, what has come of each, figures entered with their source where the system cannot know them."""
