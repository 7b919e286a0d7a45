"""Troubles that somebody sees to: cases, the phones that reported by SMS, and messages that wait to be sent."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from merata.web.models.people import Organisation, pairs
from merata.web.models.programme import ServicePoint

#: What a case is about: kinds of reports that somebody has to do something about.
CASE_KINDS = ("broken", "slow", "no password", "no power", "request")
CASE_STATES = ("received", "with provider", "mended", "closed")
#: By what it is known that a case is over.
CLOSED_BY = ("reporter", "measurement", "village", "office", "time")
OPENED_BY = ("people", "measurement")


class Case(models.Model):
    """One trouble at one point, or of one village: all reports of it, who sees to it, by when, and how it ended."""

    reference = models.CharField(max_length=12, unique=True)
    village_code = models.CharField(max_length=13, db_index=True)
    point = models.ForeignKey(ServicePoint, models.PROTECT, related_name="cases", null=True, blank=True)
    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="cases", null=True, blank=True)
    kind = models.CharField(max_length=12, choices=pairs(CASE_KINDS))
    opened_by = models.CharField(max_length=12, choices=pairs(OPENED_BY), default="people")
    cause = models.CharField(max_length=40, blank=True, help_text="As measurements tell it; empty: not known")
    evidence = models.JSONField(default=dict, blank=True)
    since = models.DateTimeField(help_text="When the trouble began, as far as is known")
    opened_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=pairs(CASE_STATES), default="received")
    state_at = models.DateTimeField(help_text="When it came into its state: its clock runs from here")
    hours = models.FloatField(default=24, help_text="How long this step may take")
    next_at = models.DateTimeField(null=True, blank=True, db_index=True, help_text="The clock's next stroke")
    strokes = models.PositiveSmallIntegerField(default=0, help_text="Of the clock, since state_at")
    turns = models.PositiveSmallIntegerField(default=0, help_text="How often it came into a state")
    last_sign_at = models.DateTimeField(help_text="When somebody last said so, or measured it")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=12, choices=pairs(CLOSED_BY), blank=True)
    opened_again = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar = [models.Index("village_code", "kind", "state", name="open_cases_of_a_village")]

    def __str__(self) -> str:
        return self.reference


class Phone(models.Model):
    """A phone that reported by SMS: its number sealed, for as long as there is something to ask it; then erased."""

    hash = models.CharField(max_length=64, unique=True)
    sealed = models.TextField()
    added_at = models.DateTimeField(auto_now_add=True)


class Outgoing(models.Model):
    """A message that is sent once: by SMS, or to the operator's own program. Nothing of it is kept once it was sent."""

    key = models.CharField(
        max_length=120, unique=True, help_text="What it is about: the same is never sent twice"
    )
    way = models.CharField(max_length=8, choices=pairs(("sms", "hook")))
    sealed = models.TextField(blank=True, help_text="Whom to and what; empty once it was sent")
    made_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(
        max_length=8, choices=pairs(("waiting", "handed", "sent", "failed")), default="waiting"
    )
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep it; of what was sent or given up only the key stays."""
        if self.state in ("sent", "failed"):
            self.sealed = ""
        super().save(*args, **kwargs)
