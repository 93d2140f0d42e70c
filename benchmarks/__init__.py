"""What we claim about speed, side by side with the peers, by one command: ``make bench``."""
