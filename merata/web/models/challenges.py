"""What people say is wrong in what was published, what became of it, and village offices' word that all is right."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from merata.web.models.cases import Phone
from merata.web.models.people import Organisation, User, pairs
from merata.web.models.published import Publication

#: Facts that can be wrong; what each asks for is declared in `merata.web.challenges.facts`.
CHALLENGED = (
    "access", "facility access", "people", "electricity", "place missing", "place gone", "settlement missing",
    "tower gone", "price", "promise", "score", "payment", "statistic",
)  # fmt: skip
EVIDENCE = ("visit", "photo", "letter", "speed test", "measurement", "coordinates", "recomputed")
#: open: the party's turn; rebutted: somebody else's turn to decide; all others: it is over.
CHALLENGE_STATES = (
    "open", "rebutted", "conceded", "upheld", "rejected", "withdrawn", "set aside", "reversed",
)  # fmt: skip
CHALLENGE_WAYS = ("web", "bulk", "api", "sms", "sheet")
HINT_STATES = ("waiting", "completed", "set aside")
CONFIRMED_WAYS = ("account", "sms")


class Challenge(models.Model):
    """One "this is wrong": a fact of a publication, what is right instead, and what shows it.

    `words` and the files are for the two parties and who decides; no page for everybody shows them.
    """

    reference = models.CharField(max_length=12, unique=True)
    made_by = models.CharField(max_length=64, unique=True, help_text="By what a repeated sending is known")
    publication = models.ForeignKey(Publication, models.PROTECT, related_name="challenges")
    village_code = models.CharField(
        max_length=13, blank=True, db_index=True, help_text="Empty: it is about the region as a whole"
    )
    fact = models.CharField(max_length=20, choices=pairs(CHALLENGED))
    claim = models.JSONField(help_text="What is right, by the names of the fact's fields")
    about = models.CharField(max_length=64, db_index=True, help_text="Alike for all that say the same")
    published_as = models.CharField(max_length=120, blank=True, help_text="What was published when it came")
    evidence = models.CharField(max_length=12, choices=pairs(EVIDENCE))
    evidence_on = models.DateField(help_text="Day of the evidence")
    measured = models.JSONField(default=dict, blank=True, help_text="Its numbers, as the speed test has them")
    file = models.FileField(upload_to="challenges/", blank=True)
    words = models.CharField(max_length=1000, blank=True)
    way = models.CharField(max_length=5, choices=pairs(CHALLENGE_WAYS), default="web")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    completed_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True,
        help_text="Who wrote down what came by SMS",
    )  # fmt: skip
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="challenged", null=True, blank=True
    )
    party = models.ForeignKey(
        Organisation, models.PROTECT, related_name="challenges", null=True, blank=True,
        help_text="Whose data it is; empty: an office's",
    )  # fmt: skip
    joins = models.ForeignKey("self", models.PROTECT, related_name="joined", null=True, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=9, choices=pairs(CHALLENGE_STATES), default="open")
    due_at = models.DateTimeField(null=True, blank=True, db_index=True, help_text="When this step is due")
    told = models.PositiveSmallIntegerField(
        default=0, help_text="Letters to whose turn it is: at once, and before the end"
    )
    silent = models.BooleanField(default=False, help_text="Conceded by silence")
    answer = models.CharField(max_length=500, blank=True)
    answer_file = models.FileField(upload_to="challenges/", blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    settled_on = models.DateField(null=True, blank=True, help_text="Day from which the claim holds")
    source = models.CharField(max_length=60, blank=True, help_text="File of the region that holds it now")

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return self.reference


class Hint(models.Model):
    """What somebody says by SMS is wrong, until an office or the village completes it to a challenge of its number."""

    reference = models.CharField(max_length=12, unique=True, help_text="Its challenge has the same")
    village_code = models.CharField(max_length=13, db_index=True)
    words = models.CharField(max_length=500, blank=True, help_text="For who completes it, not for everybody")
    phone = models.ForeignKey(
        Phone, models.SET_NULL, related_name="hints", null=True, blank=True, help_text="Who hears what came of it"
    )  # fmt: skip
    made_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=9, choices=pairs(HINT_STATES), default="waiting")
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.reference


class Confirmation(models.Model):
    """A village office's word that its village's sheet is right, but for what it challenged with it."""

    village_code = models.CharField(max_length=13, db_index=True)
    publication = models.ForeignKey(Publication, models.PROTECT, related_name="+")
    way = models.CharField(max_length=8, choices=pairs(CONFIRMED_WAYS))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    corrections = models.PositiveSmallIntegerField(default=0, help_text="Challenges that came with it")

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
