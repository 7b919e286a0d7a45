"""The section [measure] of region.toml: what probes are told when they enrol, and when a silent point is dark."""

from __future__ import annotations

from pydantic import Field, field_validator

from merata.region._section import Section


class MeasureSettings(Section):
    """Where probes send to, what they measure against, and what that may cost the link."""

    receiver: str = Field(
        "",
        description="Where probes reach the receiver (`merata receive`), host:port for datagrams; empty: the site's host, port 8010",
    )
    batches: str = Field(
        "",
        description="Address that batches go to, https://host[:port]; empty: the site's own address, whose front server passes /probe/v1/batch on",
    )
    speed_server: str = Field(
        "", description="Address of the ndt7 server, wss://host[:port]; empty: probes make no speed tests"
    )
    outside: list[str] = Field(
        default_factory=lambda: ["1.1.1.1:443", "8.8.8.8:443"],
        max_length=2,
        description="Two places outside, host:port, that tell a dead link from a dead centre; probes only open a connection to them",
    )
    lookup_domain: str = Field(
        "", description="Domain below which probes make up names and look them up; empty: no look-ups"
    )
    speed_mb_per_day: float = Field(
        100, ge=0, le=100_000, description="What speed tests of one probe may cost the link a day, MB"
    )
    quiet_hours: list[list[int]] = Field(
        default_factory=list, description="Hours of the local clock without speed tests, [[7, 12]]"
    )
    busy_hours: list[list[int]] = Field(
        default_factory=lambda: [[9, 12], [19, 22]],
        description="Hours of the local clock in which one speed test a day is to be: when people use the link",
    )
    utc_offset_min: int = Field(
        480, ge=-720, le=840, description="The local clock: minutes ahead of UTC; 480 is WITA"
    )

    dark_after_min: float = Field(
        12,
        gt=0,
        le=60,
        description="A point that nobody heard for so many minutes is dark: a case is opened and an alert sent. Heartbeats come every 5 minutes: below 11 one that is lost makes a false alert",
    )
    calm_after_min: float = Field(
        60,
        ge=0,
        le=1440,
        description="A point that goes dark again within so many minutes after it came back makes no new alert",
    )

    @field_validator("quiet_hours", "busy_hours")
    @classmethod
    def _hours(cls, hours: list[list[int]]) -> list[list[int]]:
        for pair in hours:
            if len(pair) != 2 or not 0 <= pair[0] < pair[1] <= 24:
                raise ValueError(f"{pair} are no hours of a day; expected [from, until], 0 to 24")
        return hours
