"""What a service says of itself: the keys of its configuration, how they are read, and its version."""
