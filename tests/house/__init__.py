"""The house itself: what is true of every view, template, rule, migration and text. A new room meets these tests first."""
