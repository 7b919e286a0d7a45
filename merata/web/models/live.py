"""How points stand now, as far as it is known at once, and the outages that are going on."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from merata.web.models.cases import Case
from merata.web.models.people import pairs
from merata.web.models.programme import ServicePoint

#: What is kept of a point; that it is silent for a while is seen where it is looked at.
NOW_STATES = ("up", "dark", "unknown")
#: By what points fell together; `centre`: none did, it is the centre that is cut off.
OUTAGES_BY = ("all", "provider", "district", "both", "centre")


class Blackout(models.Model):
    """Points that went dark together, or one by itself: of each outage everybody is told once."""

    by = models.CharField(
        max_length=8, choices=pairs(OUTAGES_BY), blank=True, help_text="Empty: a point by itself"
    )
    name = models.CharField(
        max_length=400, blank=True, help_text="Of provider, district or both; of the centre: why"
    )
    since = models.DateTimeField()
    seen_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True, blank=True, db_index=True)
    told = models.JSONField(default=list, blank=True, help_text="Who was told of it")

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]


class PointNow(models.Model):
    """How a point stands. Written by the clock alone: its history is in the measurements and the cases."""

    point = models.OneToOneField(ServicePoint, models.CASCADE, related_name="now")
    state = models.CharField(max_length=8, choices=pairs(NOW_STATES), db_index=True)
    since = models.DateTimeField(help_text="Of a dark one: when it was last heard")
    back_at = models.DateTimeField(null=True, blank=True, help_text="Heard again, but not for long enough")
    outage = models.ForeignKey(
        Blackout,
        models.PROTECT,
        related_name="points",
        null=True,
        blank=True,
        help_text="The one now, or the last",
    )
    case = models.ForeignKey(Case, models.SET_NULL, related_name="+", null=True, blank=True)
    cause = models.CharField(max_length=12, blank=True, help_text="As the case was opened with")
    words = models.JSONField(
        default=dict, blank=True, help_text="Of its probe, before it went dark and after"
    )
    times = models.PositiveSmallIntegerField(default=0, help_text="How often it went dark in this outage")

    class Meta:
        ordering: ClassVar[list[str]] = ["point__code"]

    @property
    def is_dark(self) -> bool:
        """Whether nobody hears it."""
        return self.state == "dark"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep it; what belongs to an outage only while it goes on is cleared."""
        if not self.is_dark:
            self.back_at = None
        super().save(*args, **kwargs)
