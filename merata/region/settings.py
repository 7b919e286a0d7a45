"""region.toml: every setting of a region, declared once with its unit, default and reason."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator

from merata.errors import MissingError, SettingsError
from merata.region._metric import why_not_metric
from merata.region._section import Section as Section
from merata.region.form import refuse_newer
from merata.region.prices import COMPONENTS
from merata.region.settings_challenge import ChallengeSettings as ChallengeSettings
from merata.region.settings_measure import MeasureSettings as MeasureSettings
from merata.region.settings_plan import FundSettings as FundSettings
from merata.region.settings_plan import PlanSettings as PlanSettings
from merata.region.settings_plan import PriceSettings as PriceSettings
from merata.region.settings_radio import ClutterSettings as ClutterSettings
from merata.region.settings_radio import HopBand as HopBand
from merata.region.settings_radio import HopSettings as HopSettings
from merata.region.settings_radio import RadioSettings as RadioSettings
from merata.region.settings_standards import StandardsSettings as StandardsSettings

Level = Literal["none", "basic", "working", "good"]


class RegionSettings(Section):
    """What the region is."""

    form: int = Field(1, ge=1, description="Form of the folder: written by Merata, raised by a new version")
    name: str = Field("", description="Name of the region, as its pages show it")
    code: str = Field(
        "", description="Official code of the regency, like 64.02; empty: from the villages' codes"
    )
    projection: str = Field(
        "",
        description="Projection in metres, like EPSG:32750; empty: the UTM zone of its middle, but on both sides of 180° it must be given",
    )
    languages: list[Literal["id", "en"]] = Field(
        ["id", "en"], description="Languages of its pages, the first one first"
    )
    site: str = Field(
        "",
        pattern=r"^(https?://[^\s/]+(/[^\s]*)?)?$",
        description="Address of its web site, like https://internet.kukar.example: printed as a QR code on reports and statements, with the way to their entry in the log; empty: none is printed",
    )
    made_up: bool = Field(False, description="True for a worked example: every page says that it is made up")

    @field_validator("projection")
    @classmethod
    def _metric(cls, projection: str) -> str:
        projection = projection.strip()
        why = why_not_metric(projection) if projection else ""
        if why:
            raise ValueError(
                f"'{projection}' {why}; expected a projection in metres, like EPSG:32750, "
                "or nothing for the UTM zone of the region's middle"
            )
        return projection


class LevelSettings(Section):
    """What a service level promises."""

    down_mbps: float = Field(0, ge=0, description="Download rate, Mbit/s")
    up_mbps: float = Field(0, ge=0, description="Upload rate, Mbit/s")
    latency_ms: float = Field(1000, gt=0, description="Round-trip time at most, ms")
    availability: float = Field(0, ge=0, le=1, description="Share of the time that it works, 0 to 1")
    signal_dbm: float = Field(
        -140, description="Received 4G power (RSRP) at which a phone outdoors reaches the level, dBm"
    )


def _levels() -> dict[Level, LevelSettings]:
    return {
        "none": LevelSettings(),
        "basic": LevelSettings(down_mbps=1, up_mbps=0.25, latency_ms=700, availability=0.90, signal_dbm=-115),
        "working": LevelSettings(down_mbps=10, up_mbps=2, latency_ms=150, availability=0.97, signal_dbm=-105),
        "good": LevelSettings(down_mbps=50, up_mbps=10, latency_ms=100, availability=0.99, signal_dbm=-90),
    }


class PromiseSettings(Section):
    """The level that the region promises, by who it is for."""

    people: Level = Field("basic", description="For people where they live")
    village_office: Level = Field("working", description="For a village or district office")
    school: Level = Field("working", description="For a school")
    health_post: Level = Field("working", description="For a health post")
    other: Level = Field("basic", description="For any other facility")

    def of_facility(self, kind: str) -> Level:
        """The level promised to a facility of `kind`."""
        names = {"village office": "village_office", "district office": "village_office", "school": "school", "health post": "health_post"}  # fmt: skip
        level: Level = getattr(self, names.get(kind, "other"))
        return level


class DefaultSettings(Section):
    """What is assumed where no source says; everything that rests on one says `assumed`."""

    people_per_village: int = Field(
        1500, gt=0, description="People of a village where neither it nor the regency's total is known"
    )
    people_per_household: float = Field(3.7, gt=0, description="People in a household")
    smartphone_share: float = Field(0.75, ge=0, le=1, description="Households with a smartphone")
    computer_share: float = Field(
        0.15, ge=0, le=1, description="Households with a computer; nothing is reckoned from it so far"
    )
    grid_share: float = Field(
        0.9,
        ge=0,
        le=1,
        description="Chance that a village about which nothing is said has electricity from the grid",
    )
    unserved_share: float = Field(
        0.2,
        ge=0,
        le=1,
        description="Chance that a village about which nothing is said lacks the promised level",
    )
    report_half_life_years: float = Field(6, gt=0, description="Years after which a report counts half")
    households_reached_by_hotspot: int = Field(
        60, ge=0, description="Households within reach of a served point with open Wi-Fi"
    )


class ServiceSettings(Section):
    """A digital service and what it needs."""

    name: str = Field(description="Name in English")
    name_id: str = Field("", description="Name in Indonesian; empty: the English one")
    sector: Literal[
        "education", "health", "public service", "small business", "creative economy", "community"
    ] = Field("community", description="Sector it belongs to")
    down_mbps: float = Field(ge=0, description="Download rate for one user, Mbit/s")
    up_mbps: float = Field(0, ge=0, description="Upload rate for one user, Mbit/s")
    latency_ms: float = Field(1000, gt=0, description="Round-trip time at most, ms")
    device: Literal["phone", "computer", "any"] = Field("any", description="Device it needs")
    users_at_once: int = Field(1, ge=1, description="Users at once over one link")
    source: str = Field("", description="Where these needs come from")


class Settings(Section):
    """All of region.toml."""

    region: RegionSettings = Field(default_factory=RegionSettings, description="What the region is")
    levels: dict[Level, LevelSettings] = Field(default_factory=_levels, description="Service levels, by name")
    promise: PromiseSettings = Field(default_factory=PromiseSettings, description="Levels promised")
    radio: RadioSettings = Field(default_factory=RadioSettings, description="Radio model")
    defaults: DefaultSettings = Field(
        default_factory=DefaultSettings, description="What is assumed where no source says"
    )
    plan: PlanSettings = Field(default_factory=PlanSettings, description="What the plan is for")
    funds: list[FundSettings] = Field(
        default_factory=list, description="Funds; without any, those of the budgets table"
    )
    prices: dict[str, PriceSettings] = Field(
        default_factory=dict, description="Prices by component of the catalogue"
    )
    services: dict[str, ServiceSettings] = Field(
        default_factory=dict,
        description="Digital services by key: added to the catalogue, or instead of one of its",
    )
    measure: MeasureSettings = Field(
        default_factory=MeasureSettings,
        description="What probes on the links are told when they enrol, and when a silent point is dark",
    )
    standards: StandardsSettings = Field(
        default_factory=StandardsSettings,
        description="Who publishes contracts, projects and networks in open standards, under which identifiers",
    )
    challenge: ChallengeSettings = Field(
        default_factory=ChallengeSettings,
        description="How long what was published may be challenged, and how long answers take",
    )

    @field_validator("levels")
    @classmethod
    def _all_levels(cls, levels: dict[Level, LevelSettings]) -> dict[Level, LevelSettings]:
        return {name: levels.get(name, default) for name, default in _levels().items()}

    @field_validator("prices")
    @classmethod
    def _known_components(cls, prices: dict[str, PriceSettings]) -> dict[str, PriceSettings]:
        unknown = sorted(set(prices) - set(COMPONENTS))
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: not in the catalogue; it has {', '.join(COMPONENTS)}")
        return prices


def load_settings(path: Path) -> Settings:
    """The settings of a region.toml.

    Raises
    ------
    MissingError
        There is no such file.
    FileError
        A newer Merata wrote it.
    SettingsError
        It is not TOML, or a setting is unknown or out of range; every mistake is named with its place.

    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise MissingError(
            f"{path}: not found. Is this a region folder? `merata new FOLDER` makes one."
        ) from None
    return parse_settings(text, str(path))


def parse_settings(text: str, where: str = "region.toml") -> Settings:
    """The settings in the text of a region.toml; raises as `load_settings`, naming `where`."""
    try:
        said = tomllib.loads(text)
        if isinstance(about := said.get("region"), dict):
            refuse_newer(about.get("form"), where)
        return Settings.model_validate(said)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{where}: not TOML: {error}") from None
    except ValidationError as error:
        lines = [
            f"{where}: {_place(e['loc'])}: {_say(e['msg'], str(e['type']), e['input'])}"
            for e in error.errors()
        ]
        raise SettingsError("\n".join(lines)) from None


def _place(loc: tuple[str | int, ...]) -> str:
    """Where in region.toml: `plan.price`; of a list, which row as people count: `funds, row 1: years`."""
    rows = [at for at, part in enumerate(loc) if isinstance(part, int)]
    if not rows:
        return ".".join(map(str, loc))
    before, number, after = loc[: rows[0]], loc[rows[0]], loc[rows[0] + 1 :]
    return f"{'.'.join(map(str, before))}, row {int(number) + 1}" + (f": {_place(after)}" if after else "")


def _say(message: str, kind: str, given: object) -> str:
    if kind == "extra_forbidden":
        return "no such setting; the settings are listed in docs/reference/settings.md"
    if kind == "value_error" or not isinstance(given, str | int | float):
        return message.removeprefix("Value error, ")
    return f"{message}; found {given!r:.80}"
