"""Work in the background as staff see it: what, for whom, how far, how it ended."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from merata.web.models.people import User, pairs

KINDS = ("preview", "add", "settle", "check", "run", "correct", "compare", "score", "figures", "release")
STATES = ("waiting", "going", "done", "failed", "stopped")


class Job(models.Model):
    """One piece of work. The queue is django-tasks'; this is its face: progress, the gap falling, the outcome."""

    kind = models.CharField(max_length=12, choices=pairs(KINDS))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True, help_text="Its last sign of life")
    state = models.CharField(max_length=8, choices=pairs(STATES), default="waiting")
    asked = models.JSONField(default=dict)
    progress = models.JSONField(
        default=dict, help_text="step, what, done, of; and gaps as [seconds, gap] falling"
    )
    outcome = models.JSONField(default=dict)
    stop = models.BooleanField(default=False, help_text="Somebody asked it to end with the best so far")

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
