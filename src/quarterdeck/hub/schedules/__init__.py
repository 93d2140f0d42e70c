"""When hooks run: plans, calendars, cron, and whose turn it is."""
