"""What a monitored web service measures of itself, whatever framework it is written in."""
