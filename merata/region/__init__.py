"""What is there, where it came from, how sure we are."""
