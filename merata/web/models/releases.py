"""Releases of the statistics: announced with a day, prepared by one person, released by another."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from merata.web.models.people import User, pairs

RELEASE_STATES = ("planned", "prepared", "approved", "released")


class Release(models.Model):
    """One release. What was prepared is kept in the region's folder; `digest` says that it is still the same."""

    title = models.CharField(max_length=120)
    due_on = models.DateField(help_text="The day that was announced")
    why = models.CharField(max_length=200, blank=True, help_text="Why numbers are revised")
    state = models.CharField(max_length=12, choices=pairs(RELEASE_STATES), default="planned")
    run_id = models.CharField(max_length=40, blank=True)
    new = models.PositiveIntegerField(default=0)
    revised = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of what was prepared")
    base = models.CharField(
        max_length=80, blank=True, help_text="Mark of the publications that it was held against"
    )
    prepared_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    prepared_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    released_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-due_on", "-pk"]

    def __str__(self) -> str:
        return self.title
