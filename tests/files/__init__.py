"""What may come in as a file, how it is kept and to whom it is handed out."""
