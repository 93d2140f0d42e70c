"""What of the past is kept: the limits, what lies beyond them, what there is, and the topic that tells of it."""
