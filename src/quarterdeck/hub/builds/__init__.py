"""What tests of services said, as CI sends it: read, told as topics, and let go of in time."""
