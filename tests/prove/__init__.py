"""Long proofs: `python3 dev.py prove NAME [--minutes N]`. They may be stopped and begun again; build/prove adds up N."""
