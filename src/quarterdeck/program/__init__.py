"""``quarterdeck run``: any Python program, as it is, with its bars, its output and its end on the hub."""
