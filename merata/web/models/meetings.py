"""Coordination meetings: what was on the agenda, what was decided; what was agreed are commitments of the meeting."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from merata.web.models.people import Organisation, pairs

MEETING_STATES = ("draft", "published")


class Meeting(models.Model):
    """One meeting. Its actions become commitments when it is published; from then on `record` says what was agreed.

    Offices are named, never persons.
    """

    held_on = models.DateField()
    title = models.CharField(max_length=160)
    host = models.ForeignKey(Organisation, models.PROTECT, related_name="meetings")
    present = models.TextField(blank=True, help_text="Who took part: one office a line")
    agenda = models.TextField(blank=True, help_text="One matter a line")
    decisions = models.TextField(blank=True, help_text="One decision a line")
    proposed = models.JSONField(
        default=list, blank=True, help_text="Actions of a draft: action, owner_id, village_code, due_by"
    )
    next_on = models.DateField(null=True, blank=True, help_text="When it is met again")
    state = models.CharField(max_length=12, choices=pairs(MEETING_STATES), default="draft")
    published_at = models.DateTimeField(null=True, blank=True)
    record = models.TextField(
        blank=True, help_text="As it was published, as canonical JSON: its hash is in the log"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return self.title
