"""Long proofs: `python3 dev.py prove NAME [--minutes N]`. They may be stopped and begun again; docs/proofs adds up what held."""
