"""People: their accounts on the command line and on the page, their passwords, their sessions."""
