"""One script on deck, and what people may ask of it."""
