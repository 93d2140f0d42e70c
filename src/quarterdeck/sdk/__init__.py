"""What users' code imports: standard library only, never blocks, never raises into the user's code."""
