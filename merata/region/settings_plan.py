"""The sections [plan], [[funds]] and [prices] of region.toml."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from merata.region._section import Section
from merata.region.settings_rules import DecideSettings, FairSettings, contradictions, outside


class FundSettings(Section):
    """One fund: what it has in each year, how long it stays, and what it may pay for."""

    name: str = Field(description="Name of the fund")
    share: float = Field(
        1.0, gt=0, le=1, description="Part of the fund's amounts that this region may plan with, 0 to 1"
    )
    years: dict[str, int] = Field(
        default_factory=dict,
        description="Amount in rupiah by year, {2025 = 12500000000}; overrides the budgets table",
    )
    carry_years: int = Field(
        0, ge=0, le=100, description="For how many years after its own a year's money may still be spent"
    )
    pays: list[Literal["capital", "running"]] = Field(
        ["capital", "running"],
        description="Costs that it may pay: capital (building, equipment), running (subscriptions, operation)",
    )
    villages: list[str] = Field(
        default_factory=list,
        description="Where it may pay: codes of villages or districts, or names of districts; empty: everywhere. A cable or hop between villages needs all of them",
    )
    kinds: list[str] = Field(
        default_factory=list,
        description="What it may pay for: options, kinds of place, kinds of shared works; empty: everything. Options and kinds of place named together are both asked of an offer (leo, school: LEO at schools); shared works are paid for only where named",
    )
    ceiling: float = Field(
        1.0,
        ge=0,
        le=1,
        description="Largest share that it may pay, 0 to 1, of what all things that the same funds may pay for cost in a year, rounded up to a whole rupiah; other funds pay the rest",
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
    people_growth: float = Field(
        0,
        ge=-0.1,
        le=0.2,
        description="By how much the number of people grows each year after the first planned one, as a share",
    )
    ending: dict[str, int] = Field(
        default_factory=dict,
        description='Contracts that end and are not renewed: last year of service by id of the facility or settlement, {"school 12" = 2026}; from the next year on it is below its promise',
    )
    price: Literal["low", "middle", "high"] = Field(
        "middle", description="Where in a price's range the plan reckons"
    )
    price_growth: float = Field(
        0,
        ge=-0.5,
        le=1,
        description="By how much all prices grow each year after the first planned one, as a share: 0.03 is 3 %",
    )
    contract_years: int = Field(
        1,
        ge=1,
        le=30,
        description="Years for which a subscription is contracted. Running costs go on to the plan's last year in any case, each year at its own price: a contract that ends before is renewed. What the last contract binds after that year is stated, not paid from the plan's money",
    )
    lead_years: dict[str, int] = Field(
        default_factory=dict,
        description='Years between paying for a thing and its service, by option or kind of shared works, {"new tower" = 1}; others: in the same year',
    )
    sure: float = Field(
        0,
        ge=0,
        lt=1,
        description="Chance, 0.5 to 0.99, with which each year's budget has to hold when prices turn out otherwise: money is set aside until it does; 0: nothing is set aside",
    )
    tower_spare_mbps: float = Field(
        100,
        ge=0,
        le=100_000,
        description="What the present link of a 4G or 5G tower in operation is taken to have to spare, Mbit/s; 0: nothing, new links must come from fibre or a point of presence",
    )
    tower_height_m: float = Field(
        52,
        gt=5,
        le=400,
        description="Height of a new tower: the highest that its microwave dishes can hang, m above ground",
    )
    hop_km: float = Field(
        40,
        gt=0,
        le=100,
        description="Longest new microwave hop that is thought of, km; `radio.hop.most_km` limits it too",
    )
    budget_after_last: Literal["repeat", "none"] = Field(
        "repeat",
        description="Years without a known budget: repeat the last known amount (assumed), or plan nothing",
    )
    gap: float = Field(
        0.001,
        ge=0,
        lt=1,
        description="The search ends when the plan is proven within this share of the best; or when its work is done, which is counted so that every machine ends at the same plan: then the gap that is left may be wider",
    )
    promise_share: float = Field(
        0.01,
        ge=0,
        lt=1,
        description="What a re-plan (`merata replan`) may give up of the best plan so that fewer promises change, as a share",
    )
    seconds: float = Field(
        300,
        gt=0,
        description="The search ends after so long at the latest, s. Mostly it ends sooner: at the gap, or with its work done. When the time decides, the plan says so and may differ on another machine",
    )

    fair: FairSettings = Field(
        default_factory=FairSettings,
        description="What every plan has to keep for the sake of fairness; none of it is needed",
    )
    decide: list[DecideSettings] = Field(
        default_factory=list, description="Decisions that are taken already: forced, forbidden, promised …"
    )

    @field_validator("sure")
    @classmethod
    def _sure(cls, sure: float) -> float:
        if sure and not 0.5 <= sure <= 0.99:
            raise ValueError("must be 0 (nothing is set aside) or from 0.5 to 0.99")
        return sure

    @field_validator("ending")
    @classmethod
    def _ending(cls, ending: dict[str, int]) -> dict[str, int]:
        for place, year in ending.items():
            if not 2000 <= year <= 2100:
                raise ValueError(f"'{place}' ends in {year}; expected a year from 2000 to 2100")
        return ending

    @field_validator("lead_years")
    @classmethod
    def _lead_years(cls, lead_years: dict[str, int]) -> dict[str, int]:
        for kind, years in lead_years.items():
            if not 0 <= years <= 20:
                raise ValueError(f"'{kind}' must take 0 to 20 years")
        return lead_years

    @model_validator(mode="after")
    def _order(self) -> PlanSettings:
        if self.last_year < self.first_year:
            raise ValueError("last_year is before first_year")
        wrong = [
            *outside(self.fair, self.decide, self.first_year, self.last_year),
            *contradictions(self.decide),
        ]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    @property
    def years(self) -> list[int]:
        """The years that are planned, in order."""
        return list(range(self.first_year, self.last_year + 1))
