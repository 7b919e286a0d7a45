"""What to build, where, when, and from which fund."""
