"""The little program on a village link: measures it, keeps what it measured, and tells the centre. Stands alone."""

from __future__ import annotations

#: Number of the release, counted up with every change that a probe should get; it travels in every message.
RELEASE = 1
