"""What measurements say: how they come in and rest, whether a link works, what is owed for it."""
