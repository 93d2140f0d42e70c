"""Jobs of this program: what they are, what is new of them, and the thread that looks."""
