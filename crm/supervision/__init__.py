"""督办 supervision: leaders' instructions and what became of them; who acts for a leader; which leader a project has."""
