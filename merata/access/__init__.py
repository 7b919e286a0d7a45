"""Who has which service level; the gap and the inequality."""
