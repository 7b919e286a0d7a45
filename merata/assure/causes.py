"""Causes of outages, and how the time of each counts: read without loading any table."""

from __future__ import annotations

#: Cause -> how its time counts for the link: down; left out (excused); unknown, which counts for nobody; up.
COUNTS = {
    "link": "down",
    "region-wide": "down",
    "power": "excused",
    "maintenance": "excused",
    "probe": "unknown",
    "centre": "up",
    "unknown": "unknown",
}
