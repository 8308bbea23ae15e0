"""What dev.py does, a room each: steps, preparing what they need, a bundle for a site without a network."""
