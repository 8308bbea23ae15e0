"""需协调事项: what a lead needs from somebody else, until a day; late, it goes up by itself; it closes when whoever raised it agrees."""
