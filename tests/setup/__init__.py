"""Setting up, serving, carrying the board to a site without a network; and that no test is left out without a word."""
