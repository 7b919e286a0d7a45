"""The programme: promises, contracts, service points through their life, payments, weekly targets."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from merata.plan.options import OPTIONS
from merata.region.tables import KNOWN_BY
from merata.web.models.meetings import Meeting
from merata.web.models.people import Organisation, pairs
from merata.web.models.published import Publication

#: The life of a service point, in its order. Which step may follow which: `merata.web.programme.STEPS`.
POINT_STATES = (
    "proposed", "verified", "contracted", "installed", "accepted", "in service", "suspended", "replaced", "ended",
)  # fmt: skip
COMMITMENT_STATES = ("promised", "on the way", "kept", "late", "broken", "changed")
#: Who answers for the power.
POWER_BY = ("village", "provider")
PHOTOGRAPHS = ("antenna", "equipment", "power", "room", "test")


def _share(about: str) -> models.FloatField[float | None, float | None]:
    """A share from 0 to 1 that a contract may leave out."""
    return models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(1)], help_text=about
    )


class Commitment(models.Model):
    """A promise with an owner and a date. It is never rewritten: a later one replaces it and says why.

    A plan's row says level, option and year of a place; an action of a meeting says in words what is to be done, by
    which day, for a village or for the whole region.
    """

    publication = models.ForeignKey(
        Publication, models.PROTECT, related_name="commitments", null=True, blank=True
    )
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="actions", null=True, blank=True)
    action = models.CharField(max_length=300, blank=True, help_text="Of a meeting: what is to be done")
    village_code = models.CharField(max_length=13, blank=True, db_index=True)
    facility_key = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=160, blank=True)
    level = models.CharField(max_length=12, blank=True)
    option = models.CharField(max_length=24, blank=True)
    year = models.PositiveSmallIntegerField()
    due_by = models.DateField(
        null=True, blank=True, help_text="Where it is a day and not the end of the year"
    )
    fund = models.CharField(max_length=120, blank=True)
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="commitments", null=True, blank=True)
    state = models.CharField(max_length=12, choices=pairs(COMMITMENT_STATES), default="promised")
    reason = models.TextField(blank=True)
    evidence = models.CharField(
        max_length=500, blank=True, help_text="By what it is known: an address, a number of a letter"
    )
    reminders = models.PositiveSmallIntegerField(default=0, help_text="Strokes of its clock, told so far")
    made_at = models.DateTimeField(auto_now_add=True)
    replaced_by = models.OneToOneField("self", models.PROTECT, related_name="replaces", null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["village_code", "facility_key", "pk"]

    @property
    def due_on(self) -> dt.date:
        """The last day on which it is in time."""
        return self.due_by or dt.date(self.year, 12, 31)


class Contract(models.Model):
    """What a provider owes and is owed for."""

    number = models.CharField(max_length=60, unique=True)
    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="contracts")
    fund = models.CharField(max_length=120, blank=True)
    starts = models.DateField()
    ends = models.DateField()
    fee_idr_per_month = models.PositiveBigIntegerField(help_text="Of one service point")
    down_mbps = models.FloatField(validators=[MinValueValidator(0)])
    up_mbps = models.FloatField(validators=[MinValueValidator(0)])
    availability = models.FloatField(
        default=0.98,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="Share of time, 0 to 1",
    )
    repair_hours = models.PositiveSmallIntegerField(default=48)
    latency_ms = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(0)], help_text="Round trip to the centre"
    )
    notice_hours = models.PositiveSmallIntegerField(
        default=72, help_text="Planned work is told so long before"
    )
    power_by = models.CharField(max_length=8, choices=pairs(POWER_BY), default="village")
    cap = _share("At most so much of a point's fee of a month is deducted")
    year_cap = _share("At most so much of a point's fees of a year is deducted")
    grace_hours = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="A new point is not judged for so long"
    )
    suspended_share = _share("So much of the fee is due for days on which service is suspended")
    silent_days = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(31)],
        help_text="So many days of a month without any evidence cost nothing",
    )  # fmt: skip
    silent_share = _share("So much of the fee is due for further days without any evidence")
    rules = models.JSONField(
        null=True,
        blank=True,
        help_text="Rows of deductions.csv without the contract; null: as they are there",
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends__gte=models.F("starts")), name="ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return self.number


class Price(models.Model):
    """What the same service would cost elsewhere: by it a year's end says what a change would cost."""

    provider = models.CharField(max_length=160, blank=True, help_text="Who offers it; empty: not named")
    option = models.CharField(max_length=24, choices=pairs(tuple(OPTIONS)), blank=True)
    kind = models.CharField(max_length=40, blank=True, help_text="Kind of place; empty: any")
    monthly_idr = models.PositiveBigIntegerField(help_text="Fee a month of one point")
    install_idr = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="To install one point, once"
    )
    known_by = models.CharField(max_length=12, choices=pairs(KNOWN_BY), default="assumed")

    class Meta:
        ordering: ClassVar[list[str]] = ["option", "kind", "monthly_idr", "pk"]

    def __str__(self) -> str:
        return f"{self.pk}"


class ServicePoint(models.Model):
    """One installed link at one place under the programme."""

    code = models.CharField(max_length=24, unique=True)
    village_code = models.CharField(max_length=13, db_index=True)
    facility_key = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=160, help_text="Whose place it is: Kantor Desa …, SDN 001 …")
    kind = models.CharField(max_length=40, blank=True)
    option = models.CharField(max_length=24, choices=pairs(tuple(OPTIONS)))
    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="points", null=True, blank=True)
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="points", null=True, blank=True)
    contract_from = models.DateField(
        null=True, blank=True, help_text="Since when, where not the contract's first day or that of the entry"
    )
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="points", null=True, blank=True)
    state = models.CharField(max_length=12, choices=pairs(POINT_STATES), default="proposed")
    since = models.DateField(help_text="The day on which it came into its state")
    due = models.DateField(null=True, blank=True, help_text="When the next step is due")
    fee_idr_per_month = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Where not the contract's"
    )
    equipment = models.CharField(max_length=200, blank=True)
    power = models.CharField(max_length=80, blank=True)
    in_building = models.CharField(
        max_length=200, blank=True, help_text="The room, and where the antenna stands"
    )
    tested_on = models.DateField(null=True, blank=True)
    test_down_mbps = models.FloatField(null=True, blank=True, validators=[MinValueValidator(0)])
    test_up_mbps = models.FloatField(null=True, blank=True, validators=[MinValueValidator(0)])
    test_latency_ms = models.FloatField(null=True, blank=True, validators=[MinValueValidator(0)])
    replaced_by = models.ForeignKey("self", models.PROTECT, related_name="replaces", null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["code"]

    def __str__(self) -> str:
        return self.code


class Photograph(models.Model):
    """A picture that shows that something stands where it should: made anew without place and camera."""

    point = models.ForeignKey(ServicePoint, models.CASCADE, related_name="photographs")
    shows = models.CharField(max_length=12, choices=pairs(PHOTOGRAPHS))
    file = models.ImageField(upload_to="points/")
    added_at = models.DateTimeField(auto_now_add=True)


class Payment(models.Model):
    """Money that was paid under a contract, for a month of one point or of all of them."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="payments")
    point = models.ForeignKey(ServicePoint, models.PROTECT, related_name="payments", null=True, blank=True)
    month = models.DateField(help_text="The first day of the month that it is for")
    amount_idr = models.BigIntegerField()
    fund = models.CharField(max_length=120, blank=True)
    paid_on = models.DateField()
    reference = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["month", "pk"]


class WeeklyTarget(models.Model):
    """How many points should have come into service by the end of a week, of one provider or of all."""

    monday = models.DateField()
    provider = models.ForeignKey(Organisation, models.CASCADE, related_name="targets", null=True, blank=True)
    in_service = models.PositiveIntegerField(help_text="In all, by the end of this week")

    class Meta:
        ordering: ClassVar[list[str]] = ["monday"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "monday",
                "provider",
                name="one_target_a_week",
                nulls_distinct=False,
                violation_error_message="twice",
            )
        ]
