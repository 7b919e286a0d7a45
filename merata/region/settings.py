"""region.toml: every setting of a region, declared once with its unit, default and reason."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from merata.errors import MissingError, SettingsError
from merata.region.prices import COMPONENTS

Level = Literal["none", "basic", "working", "good"]


#: Bands for microwave hops, by the name that engineers use, GHz.
HopBand = Literal[6, 7, 11, 13, 15, 18, 23, 38, 80]


class Section(BaseModel):
    """A part of region.toml; a word that is no setting is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RegionSettings(Section):
    """What the region is."""

    name: str = Field("", description="Name of the region, as its pages show it")
    code: str = Field(
        "", description="Official code of the regency, like 64.02; empty: from the villages' codes"
    )
    projection: str = Field(
        "", description="Metric projection, like EPSG:32750; empty: the UTM zone of its middle"
    )
    languages: list[Literal["id", "en"]] = Field(
        ["id", "en"], description="Languages of its pages, the first one first"
    )
    made_up: bool = Field(False, description="True for a worked example: every page says that it is made up")


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


class ClutterSettings(Section):
    """Representative height of what stands on the ground, by class of land cover, m (P.1812 adds it to the terrain)."""

    tree_m: float = Field(
        20, ge=0, le=80, description="Trees; 20 m is assumed for logged-over rain forest, m"
    )
    mangrove_m: float = Field(12, ge=0, le=80, description="Mangroves, m")
    shrub_m: float = Field(4, ge=0, le=80, description="Shrubs, m")
    crop_m: float = Field(2, ge=0, le=80, description="Fields and plantations, m")
    grass_m: float = Field(0, ge=0, le=80, description="Grass, m")
    wetland_m: float = Field(1, ge=0, le=80, description="Swamp and reeds, m")
    built_m: float = Field(7, ge=0, le=80, description="Buildings of villages and small towns, m")
    bare_m: float = Field(0, ge=0, le=80, description="Bare ground, moss, snow, m")
    water_m: float = Field(0, ge=0, le=80, description="Rivers, lakes and the sea, m")
    unknown_m: float = Field(0, ge=0, le=80, description="Where no source says, m")


class HopSettings(Section):
    """What is asked of a microwave hop between two sites."""

    most_km: float = Field(60, gt=0, le=100, description="Longest hop that is looked at, km")
    availability: float = Field(
        0.9999,
        gt=0,
        le=0.99999,
        description="Part of an average year for which its rate must hold; 0.99999 is all that ITU-R P.530 can say",
    )
    enough_mbps: float = Field(
        400, gt=0, le=100_000, description="A rate beyond this is worth no larger dish, Mbit/s each way"
    )
    least_height_m: float = Field(5, gt=0, le=400, description="No antenna hangs lower, m above ground")
    most_height_m: float = Field(
        72,
        gt=0,
        le=400,
        description="No antenna is raised higher, m above ground; a site that is higher already may use its height",
    )
    bands_ghz: list[HopBand] = Field(
        [6, 7, 11, 13, 15, 18, 23, 38, 80],
        min_length=1,
        description="Bands that may be used, by name, GHz (80: E-band)",
    )

    @model_validator(mode="after")
    def _order(self) -> HopSettings:
        if self.least_height_m > self.most_height_m:
            raise ValueError("least_height_m is above most_height_m")
        return self


class RadioSettings(Section):
    """The radio model (Recommendation ITU-R P.1812), and what is assumed of a site that does not say."""

    resolution_m: float = Field(100, ge=10, le=1000, description="Side of a pixel of the coverage map, m")
    radius_km: float = Field(30, gt=0, le=100, description="How far from a site coverage is looked for, km")
    time_percent: float = Field(
        50,
        ge=1,
        le=50,
        description="Share of the time for which the loss is not exceeded, % (P.1812: 1 to 50)",
    )
    delta_n: float = Field(
        50,
        gt=0,
        lt=157,
        description="Fall of refractivity over the lowest kilometre, N-units/km (P.1812 § 3.5); assumed for the equator",
    )
    n0: float = Field(
        370,
        ge=250,
        le=450,
        description="Refractivity at sea level, N-units (P.1812 § 3.5); assumed for the equator",
    )
    polarization: Literal["vertical", "horizontal"] = Field(
        "vertical", description="Polarisation of a site's antennas"
    )
    clutter: ClutterSettings = Field(
        default_factory=ClutterSettings, description="Height of trees and buildings by land cover"
    )
    frequency_mhz: float = Field(
        900, ge=30, le=6000, description="Frequency of a site that does not say, MHz"
    )
    height_m: float = Field(
        40, gt=0, le=400, description="Antenna height of a site that does not say, m above ground"
    )
    eirp_dbm: float = Field(
        58, ge=0, le=90, description="Radiated power per carrier of a site that does not say, dBm"
    )
    azimuths_deg: list[float] = Field(
        [0, 120, 240],
        description="Directions of the sectors of a site that does not say, degrees from north; empty: all round",
    )
    tilt_deg: float = Field(
        3, ge=-20, le=30, description="Downward tilt of a site's antennas that does not say, degrees"
    )
    beamwidth_deg: float = Field(
        65,
        gt=0,
        le=360,
        description="Horizontal width of a sector's beam at half power, degrees (3GPP TR 36.814)",
    )
    vertical_beamwidth_deg: float = Field(
        10,
        gt=0,
        le=180,
        description="Vertical width of a sector's beam at half power, degrees (3GPP TR 36.814)",
    )
    bandwidth_mhz: float = Field(10, gt=0, le=400, description="Width of a carrier, MHz")
    carrier_to_rsrp_db: float = Field(
        27.8,
        ge=0,
        le=40,
        description="From carrier power to the power of one reference signal (RSRP), dB; 27.8 for 50 resource blocks (10 MHz)",
    )
    layers: int = Field(2, ge=1, le=8, description="Data streams at once to one phone (MIMO layers)")
    load: float = Field(
        0.5, ge=0, le=1, description="Share of the time that neighbouring sectors send, as interference"
    )
    noise_figure_db: float = Field(7, ge=0, le=20, description="Noise figure of a phone, dB")
    site_noise_figure_db: float = Field(3, ge=0, le=20, description="Noise figure of a site's receiver, dB")
    phone_dbm: float = Field(
        23, ge=0, le=40, description="Sending power of a phone, dBm (3GPP power class 3)"
    )
    receiver_height_m: float = Field(1.5, gt=0, le=30, description="Height of a phone above ground, m")
    building: Literal["none", "traditional", "thermally efficient"] = Field(
        "none",
        description="Building that a phone is inside of: adds the entry loss of ITU-R P.2109; none: outdoors",
    )
    sigma_db: float = Field(
        9, gt=0, le=20, description="Standard deviation of the model's error against measurements, dB"
    )
    rain_mm_per_h: float = Field(
        0, ge=0, le=300, description="Rain that falls in 0.01 % of the year, mm/h; 0: from ITU-R P.837"
    )
    low_k: float = Field(
        0,
        ge=0,
        le=1.33,
        description="Effective Earth radius over the true one, exceeded for 99.9 % of the worst month, that a hop must clear; 0: by length from ITU-R P.530",
    )
    hop: HopSettings = Field(
        default_factory=HopSettings, description="What is asked of a microwave hop between two sites"
    )


class DefaultSettings(Section):
    """What is assumed where no source says; everything that rests on one says `assumed`."""

    people_per_village: int = Field(
        1500, gt=0, description="People of a village where neither it nor the regency's total is known"
    )
    people_per_household: float = Field(3.7, gt=0, description="People in a household")
    smartphone_share: float = Field(0.75, ge=0, le=1, description="Households with a smartphone")
    computer_share: float = Field(0.15, ge=0, le=1, description="Households with a computer")
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


class FundSettings(Section):
    """One fund: what it has in each year."""

    name: str = Field(description="Name of the fund")
    share: float = Field(
        1.0, gt=0, le=1, description="Part of the fund's amounts that this region may plan with, 0 to 1"
    )
    years: dict[str, int] = Field(
        default_factory=dict,
        description="Amount in rupiah by year, {2025 = 12500000000}; overrides the budgets table",
    )

    @field_validator("years")
    @classmethod
    def _years(cls, years: dict[str, int]) -> dict[str, int]:
        for year, amount in years.items():
            if not (year.isdigit() and 2000 <= int(year) <= 2100):
                raise ValueError(f"'{year}' is not a year")
            if amount < 0:
                raise ValueError(f"the amount of {year} is below zero")
        return years


class PriceSettings(Section):
    """A price of this region, instead of the price lists' or the default."""

    low_idr: int = Field(ge=0, description="Low price, rupiah")
    high_idr: int = Field(ge=0, description="High price, rupiah")
    basis: str = Field("region.toml", description="Where the price comes from")

    @model_validator(mode="after")
    def _order(self) -> PriceSettings:
        if self.high_idr < self.low_idr:
            raise ValueError("high_idr is below low_idr")
        return self


class PlanSettings(Section):
    """What the plan is for."""

    first_year: int = Field(2025, ge=2000, le=2100, description="First year that is planned")
    last_year: int = Field(2030, ge=2000, le=2100, description="Last year that is planned")
    villages_per_year: int = Field(
        0, ge=0, description="Most villages that can be built in one year; 0: no limit"
    )
    early_discount: float = Field(
        0.1,
        ge=0,
        le=0.5,
        description="How much less a year of service counts for each year that it comes later",
    )
    office_weight: float = Field(4, ge=0, description="How much a village office counts beside its people")
    school_weight: float = Field(2, ge=0, description="How much a school counts")
    health_post_weight: float = Field(2, ge=0, description="How much a health post counts")
    price: Literal["low", "middle", "high"] = Field(
        "middle", description="Where in a price's range the plan reckons"
    )
    budget_after_last: Literal["repeat", "none"] = Field(
        "repeat",
        description="Years without a known budget: repeat the last known amount (assumed), or plan nothing",
    )
    gap: float = Field(
        0.001,
        ge=0,
        lt=1,
        description="The solver may stop when the plan is proven within this share of the best",
    )
    seconds: float = Field(
        60,
        gt=0,
        description="The solver stops after so long even when the gap is not reached; the plan then says so and may differ on another machine, s",
    )

    @model_validator(mode="after")
    def _order(self) -> PlanSettings:
        if self.last_year < self.first_year:
            raise ValueError("last_year is before first_year")
        return self

    @property
    def years(self) -> list[int]:
        """The years that are planned, in order."""
        return list(range(self.first_year, self.last_year + 1))


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
    """The settings in the text of a region.toml; raises SettingsError naming `where`."""
    try:
        return Settings.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{where}: not TOML: {error}") from None
    except ValidationError as error:
        lines = [
            f"{where}: {'.'.join(str(p) for p in e['loc'])}: {_say(e['msg'], str(e['type']))}"
            for e in error.errors()
        ]
        raise SettingsError("\n".join(lines)) from None


def _say(message: str, kind: str) -> str:
    if kind == "extra_forbidden":
        return "no such setting; the settings are listed in docs/reference/settings.md"
    return message.removeprefix("Value error, ")
