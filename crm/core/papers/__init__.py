"""Papers: filling a Word template, and looking through one before an office may use it."""
