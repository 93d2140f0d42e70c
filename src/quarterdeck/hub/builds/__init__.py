"""What tests of services said, as CI sends it: read, and told as topics."""
