"""One game board: random histories of leads against a small model of what must come of them."""
