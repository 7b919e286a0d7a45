"""Speed tests that people make with their phones: what, roughly where, by which network. Not who."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from merata.web.models.people import pairs

NETWORKS = ("village Wi-Fi", "other Wi-Fi", "mobile")
TECHNOLOGIES = ("2G", "3G", "4G", "5G", "unknown")


class PhoneTest(models.Model):
    """One test. `down` and `up` are the server's own names of it: what it saw counts, not what the phone says."""

    made_by = models.CharField(max_length=40, unique=True, help_text="The phone's own random number of it")
    village_code = models.CharField(max_length=13, db_index=True)
    arrived_at = models.DateTimeField(auto_now_add=True)
    down_uuid = models.CharField(max_length=36, blank=True)
    up_uuid = models.CharField(max_length=36, blank=True)
    network = models.CharField(max_length=13, choices=pairs(NETWORKS))
    operator = models.CharField(max_length=20, blank=True)
    technology = models.CharField(max_length=7, choices=pairs(TECHNOLOGIES), default="unknown")
    # Where it was, to some hundred metres; empty where the person did not want to say.
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    # As the speed test's server saw it; empty until its results were read, and for ever where it saw no such test.
    began = models.DateTimeField(null=True, blank=True)
    down_mbps = models.FloatField(null=True, blank=True)
    up_mbps = models.FloatField(null=True, blank=True)
    latency_ms = models.FloatField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
