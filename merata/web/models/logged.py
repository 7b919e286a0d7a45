"""What of the site lies in the log that nobody can rewrite, and where."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class LogEntry(models.Model):
    """One entry of the log. The log itself is the truth; this only finds it quickly, and is made anew from it."""

    index = models.PositiveBigIntegerField(unique=True)
    kind = models.CharField(max_length=20)
    of = models.CharField(
        max_length=80, help_text="Of its kind, which one: the number of a plan, of a promise"
    )
    date = models.DateField()
    content = models.JSONField()

    class Meta:
        ordering: ClassVar[list[str]] = ["index"]
        indexes: ClassVar = [models.Index("kind", "of", name="log_entries_of_a_thing")]
