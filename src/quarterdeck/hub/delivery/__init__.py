"""Folds every event into its topic and delivers it to whoever watches."""
