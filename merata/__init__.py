"""Merata: find who lacks internet in a region, plan the cheapest fair way to reach them, show whether it works."""

from importlib.metadata import version

__version__ = version("merata")
