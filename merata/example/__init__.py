"""The worked example: a made-up regency, written as the files an office would have."""
