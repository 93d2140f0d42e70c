"""What the hub does for monitored web services: tells their processes what admins chose, and knows which have gone."""
