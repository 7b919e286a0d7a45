"""The pages for everybody: no account, no cookie, the same for each who asks."""
