"""Challenges of what was published, from the form to the region; and village offices that confirm their sheet."""
