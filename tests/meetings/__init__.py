"""Meeting packs."""
