"""What was published of a run: one publication, and its facts by village, facility and works. Never changed later."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from merata.web.models.people import User, pairs

#: A run is put forward, approved by a second person, and replaced by the next one; a draft is seen by staff only.
STATES = ("draft", "proposed", "published", "refused", "withdrawn")


class Publication(models.Model):
    """One run's plan and access as the site shows them; readable for ever once it was published."""

    number = models.PositiveIntegerField(
        null=True, blank=True, unique=True, help_text="Of published ones: 1, 2, …"
    )
    run_id = models.CharField(max_length=40)
    title = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=pairs(STATES), default="draft")
    loaded_at = models.DateTimeField(auto_now_add=True)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    proposed_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    region = models.CharField(max_length=120)
    made_up = models.BooleanField(default=False)
    inputs_date = models.DateField()
    first_year = models.PositiveSmallIntegerField()
    last_year = models.PositiveSmallIntegerField()
    totals = models.JSONField(help_text="What no village has of its own: see merata.web.load.TOTALS")
    map_width = models.PositiveSmallIntegerField(default=0)
    map_height = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["-number", "-pk"]

    def __str__(self) -> str:
        return self.title or self.run_id


class _Facts(models.Model):
    """What villages and facilities have alike: access now, and what is planned."""

    access_now = models.CharField(max_length=12)
    promised = models.CharField(max_length=12)
    known_by = models.CharField(max_length=12)
    evidence = models.TextField(blank=True)
    chance_below = models.FloatField(null=True)
    chance_pm = models.FloatField(null=True)
    wants = models.CharField(max_length=40, blank=True)
    year = models.PositiveSmallIntegerField(null=True)
    option = models.CharField(max_length=24, blank=True)
    fund = models.CharField(max_length=120, blank=True)
    capex_idr = models.BigIntegerField(default=0)
    opex_idr_per_year = models.BigIntegerField(default=0)
    reason_id = models.TextField(blank=True)
    reason_en = models.TextField(blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)

    class Meta:
        abstract = True


class VillageFacts(_Facts):
    """One village as one publication has it."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="villages")
    code = models.CharField(max_length=13)
    name = models.CharField(max_length=80)
    district = models.CharField(max_length=80)
    people = models.PositiveIntegerField(null=True)
    people_known_by = models.CharField(max_length=12, blank=True)
    people_below = models.FloatField(default=0)
    people_served = models.FloatField(default=0)
    electricity = models.CharField(max_length=12, blank=True)
    electricity_known_by = models.CharField(max_length=12, blank=True)
    access_then = models.CharField(max_length=12, blank=True)
    x = models.PositiveSmallIntegerField(null=True)
    y = models.PositiveSmallIntegerField(null=True)
    shape = models.TextField(blank=True, help_text="Its border as an SVG path, in the map's units")
    border = models.JSONField(null=True, help_text="Its border as a GeoJSON geometry, coarse, WGS 84")
    nearest = models.JSONField(
        default=dict, help_text="code, name, km of the nearest place with a working link"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["code"]
        constraints: ClassVar = [
            models.UniqueConstraint("publication", "code", name="one_village_a_publication")
        ]
        indexes: ClassVar = [models.Index("publication", "district", name="villages_of_a_district")]

    def __str__(self) -> str:
        return self.name


class FacilityFacts(_Facts):
    """One office, school, health post or other facility as one publication has it."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="facilities")
    key = models.CharField(max_length=200)
    village_code = models.CharField(max_length=13)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=40)
    sector = models.CharField(max_length=40)
    until = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["village_code", "kind", "key"]
        constraints: ClassVar = [
            models.UniqueConstraint("publication", "key", name="one_facility_a_publication")
        ]
        indexes: ClassVar = [
            models.Index("publication", "village_code", name="facilities_of_a_village"),
            models.Index("publication", "sector", name="facilities_of_a_sector"),
        ]

    def __str__(self) -> str:
        return self.name


class WorkFacts(models.Model):
    """Works that several places share: a cable, a tower, a microwave hop."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="works")
    key = models.CharField(max_length=300)
    kind = models.CharField(max_length=24)
    village_code = models.CharField(max_length=13, blank=True)
    year = models.PositiveSmallIntegerField(null=True)
    fund = models.CharField(max_length=120, blank=True)
    capex_idr = models.BigIntegerField(default=0)
    opex_idr_per_year = models.BigIntegerField(default=0)
    serves = models.PositiveIntegerField(default=0)
    length_km = models.FloatField(null=True)
    a = models.CharField(max_length=300, blank=True, help_text="Node at its beginning, for links")
    b = models.CharField(max_length=300, blank=True, help_text="Node at its end, for links")
    lon = models.FloatField(null=True, help_text="Where it stands or begins; to_lon, to_lat: where it ends")
    lat = models.FloatField(null=True)
    to_lon = models.FloatField(null=True)
    to_lat = models.FloatField(null=True)
    detail_id = models.CharField(max_length=300, blank=True)
    detail_en = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["year", "key"]
