"""The sections [radio], [radio.clutter] and [radio.hop] of region.toml."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from merata.region._section import Section

#: Bands for microwave hops, by the name that engineers use, GHz.
HopBand = Literal[6, 7, 11, 13, 15, 18, 23, 38, 80]


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
