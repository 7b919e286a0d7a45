"""Commands of the site itself; those for people are in `merata.cli`."""
