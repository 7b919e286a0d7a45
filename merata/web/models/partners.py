"""What partners bring: operators' submissions, companies' offers of money, everybody's comments on a draft plan."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from merata.web.models.people import Organisation, User, pairs
from merata.web.models.published import Publication
from merata.web.models.work import Job

SUBMISSION_STATES = ("comparing", "waiting", "accepted", "partly", "refused", "withdrawn")
OFFER_STATES = ("offered", "accepted", "refused", "withdrawn")
STANCES = ("support", "object", "change", "question")
#: What an officer made of a comment's words: not looked at yet, shown to everybody, kept from the pages.
LOOKS = ("new", "shown", "kept back")
OUTCOMES = ("changed", "not changed", "noted")


class Submission(models.Model):
    """Files that an operator sent: compared with what is known, and taken in only if the office decides so."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="submissions")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    token = models.CharField(max_length=32, unique=True, help_text="Where its files wait")
    files = models.JSONField(default=list, help_text="Their names")
    kind = models.CharField(max_length=20, blank=True)
    date = models.DateField(help_text="Of the information")
    confidential = models.BooleanField(default=True)
    words = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=pairs(SUBMISSION_STATES), default="comparing")
    compared = models.ForeignKey(Job, models.SET_NULL, related_name="+", null=True, blank=True)
    taken = models.ForeignKey(Job, models.SET_NULL, related_name="+", null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    decisions = models.JSONField(
        default=list, blank=True,
        help_text="Rows that were decided on: file, sheet, row, name, kinds, what they say, taken, why",
    )  # fmt: skip

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.organisation} {self.pk}"


class CommentRound(models.Model):
    """A draft plan that everybody may read and comment on until a day."""

    publication = models.OneToOneField(Publication, models.PROTECT, related_name="comment_round")
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    ends = models.DateField(help_text="The last day on which comments are taken")
    words = models.TextField(blank=True, help_text="What the office asks about")
    summary = models.TextField(blank=True, help_text="What came of it, in the office's words")

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether comments are taken today."""
        return timezone.localdate() <= self.ends


class Comment(models.Model):
    """What somebody says of a draft plan, or of one row of it. Without an account and without a name."""

    round = models.ForeignKey(CommentRound, models.PROTECT, related_name="comments")
    reference = models.CharField(max_length=12, unique=True)
    made_by = models.CharField(max_length=40, unique=True, help_text="The form's own random number of it")
    village_code = models.CharField(max_length=13, blank=True, db_index=True)
    row = models.CharField(
        max_length=300, blank=True, help_text="facility:KEY or works:KEY; empty: the village"
    )
    stance = models.CharField(max_length=8, choices=pairs(STANCES))
    words = models.CharField(max_length=1000, blank=True)
    arrived_at = models.DateTimeField(auto_now_add=True)
    look = models.CharField(max_length=10, choices=pairs(LOOKS), default="new")
    outcome = models.CharField(max_length=12, choices=pairs(OUTCOMES), blank=True)
    answer = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.reference


class FundOffer(models.Model):
    """Money that a partner offers, with its conditions; accepted, it is a fund of region.toml."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="offers")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    fund = models.CharField(
        max_length=120, unique=True, help_text="Name of the fund, as plans and contracts call it"
    )
    first_year = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    last_year = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    idr_per_year = models.PositiveBigIntegerField(validators=[MinValueValidator(1)])
    villages = models.JSONField(
        default=list, blank=True, help_text="Codes of villages or districts; empty: everywhere"
    )
    kinds = models.JSONField(
        default=list, blank=True, help_text="Options, kinds of place, kinds of works; empty: all"
    )
    pays = models.JSONField(default=list, blank=True, help_text="capital, running")
    ceiling = models.FloatField(default=1.0, validators=[MinValueValidator(0.01), MaxValueValidator(1)])
    words = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=pairs(OFFER_STATES), default="offered")
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    received = models.JSONField(
        default=dict, blank=True, help_text="Rupiah that came, by year, as the office noted"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(last_year__gte=models.F("first_year")), name="offer_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return self.fund

    @property
    def years(self) -> list[int]:
        """The years that it is for."""
        return list(range(self.first_year, self.last_year + 1))

    @property
    def total_idr(self) -> int:
        """All that is offered."""
        return self.idr_per_year * len(self.years)

    @property
    def made_on(self) -> dt.date:
        """The day it was made."""
        return timezone.localdate(self.made_at)
