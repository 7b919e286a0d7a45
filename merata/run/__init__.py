"""One run over a region folder: coverage, access, plan, publish; only what its inputs changed."""
