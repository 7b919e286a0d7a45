"""What the scorer made of measurements, as pages ask for it; planned work, and outages that nobody answers for."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from merata.web.models.people import Organisation, User, pairs
from merata.web.models.programme import ServicePoint

EXCUSES = ("contest", "majeure")
EXCUSE_STATES = ("open", "upheld", "rejected")


class ScoreSet(models.Model):
    """One row: which files of scores were taken in, and up to when these know anything."""

    digest = models.CharField(max_length=64)
    as_of = models.DateTimeField()
    months = models.JSONField(default=list, help_text="2026-11 and so on, the first one first")
    taken_at = models.DateTimeField(auto_now=True)


class Scorecard(models.Model):
    """What was delivered in a month or a year, by a point, village, provider, technology or district."""

    of = models.CharField(max_length=12)
    name = models.CharField(max_length=160)
    period = models.CharField(max_length=7, help_text="2026-11 or 2026")
    point = models.ForeignKey(
        ServicePoint,
        models.CASCADE,
        related_name="scorecards",
        null=True,
        help_text="Whose it is, if a point's",
    )
    points = models.PositiveIntegerField()
    enough = models.BooleanField(help_text="Whether there is evidence enough to judge")
    availability = models.FloatField(null=True)
    verdict = models.CharField(max_length=12, blank=True, help_text="Of the availability")
    values = models.JSONField(help_text="All columns of scorecards.csv; what is empty there is left out")
    mark = models.CharField(max_length=32, help_text="Another one: something of it differs")

    class Meta:
        ordering: ClassVar[list[str]] = ["of", "name", "period"]
        constraints: ClassVar = [
            models.UniqueConstraint("of", "name", "period", name="one_scorecard_of_each")
        ]
        indexes: ClassVar = [models.Index("period", "of", name="scorecards_of_a_period")]


class Outage(models.Model):
    """A piece of time in which something was amiss at a point: as outages.csv has it, but for its number there."""

    point = models.ForeignKey(ServicePoint, models.CASCADE, related_name="outages")
    cause = models.CharField(max_length=12)
    counts = models.CharField(max_length=8)
    excused_by = models.CharField(max_length=12, blank=True)
    start = models.DateTimeField()
    end = models.DateTimeField()
    ended = models.BooleanField()

    class Meta:
        ordering: ClassVar[list[str]] = ["point", "start"]
        indexes: ClassVar = [models.Index("start", name="outages_by_time")]


class Owed(models.Model):
    """What is due, deducted and owed for a point under a contract, for a month or a year: as statements.csv has it."""

    provider = models.ForeignKey(Organisation, models.CASCADE, related_name="owed")
    point = models.ForeignKey(ServicePoint, models.CASCADE, related_name="owed")
    contract = models.CharField(max_length=60, blank=True)
    period = models.CharField(max_length=7, help_text="2026-11 or 2026")
    provisional = models.BooleanField()
    due_idr = models.BigIntegerField()
    deducted_idr = models.BigIntegerField()
    owed_idr = models.BigIntegerField()
    likely_deducted_idr = models.BigIntegerField()
    values = models.JSONField(help_text="The other columns of statements.csv")
    mark = models.CharField(max_length=32, help_text="Another one: something of it differs")

    class Meta:
        ordering: ClassVar[list[str]] = ["period", "point", "contract"]
        indexes: ClassVar = [models.Index("period", "provider", name="owed_of_a_period")]


class Deducted(models.Model):
    """A deduction and what it comes from: as deductions.csv has it, but for the numbers of outages there."""

    provider = models.ForeignKey(Organisation, models.CASCADE, related_name="deducted")
    point = models.ForeignKey(ServicePoint, models.CASCADE, related_name="deducted")
    contract = models.CharField(max_length=60, blank=True)
    period = models.CharField(max_length=7, help_text="2026-11")
    what = models.CharField(max_length=12)
    amount_idr = models.BigIntegerField()
    values = models.JSONField(help_text="The other columns, and when the outages began: s since 1970")
    mark = models.CharField(max_length=32, help_text="Another one: something of it differs")

    class Meta:
        ordering: ClassVar[list[str]] = ["period", "point", "contract", "what", "pk"]
        indexes: ClassVar = [models.Index("provider", "period", name="deducted_of_a_provider")]


class Suspicion(models.Model):
    """A reason to look, as suspicions.csv has it."""

    kind = models.CharField(max_length=16)
    of = models.CharField(max_length=12)
    name = models.CharField(max_length=160)
    seen = models.FloatField()
    expected = models.FloatField()
    cases = models.PositiveIntegerField()
    sure = models.CharField(max_length=8)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]


class PlannedWork(models.Model):
    """Work on links that was told beforehand. `noticed_at` is when it was entered here, whatever anybody says."""

    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="works")
    point = models.ForeignKey(ServicePoint, models.PROTECT, related_name="works", null=True, blank=True)
    district = models.CharField(max_length=80, blank=True)
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    what = models.CharField(max_length=300)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    noticed_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-begins", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="work_ends_after_it_begins")
        ]


class Excuse(models.Model):
    """An outage that somebody says nobody answers for: put forward by one person, decided by another.

    A contest is of one measured outage of one point; majeure is of a time, at a point, in a district, of a provider.
    """

    kind = models.CharField(max_length=8, choices=pairs(EXCUSES))
    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="excuses", null=True, blank=True)
    point = models.ForeignKey(ServicePoint, models.PROTECT, related_name="excuses", null=True, blank=True)
    district = models.CharField(max_length=80, blank=True)
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    cause = models.CharField(max_length=12, blank=True, help_text="Of the outage, as it was measured")
    words = models.CharField(max_length=2000)
    file = models.FileField(upload_to="excuses/", blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=8, choices=pairs(EXCUSE_STATES), default="open")
    reason = models.CharField(max_length=1000, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="excuse_ends_after_it_begins"),
            models.UniqueConstraint(
                "point", "begins", condition=Q(kind="contest"), name="one_contest_of_an_outage",
                violation_error_message="twice",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.pk}"
