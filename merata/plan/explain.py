"""Why one village gets what the plan gives it: what is there now, what was weighed, what would have to change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from merata.access.result import Access
from merata.errors import MissingError
from merata.plan import words as say
from merata.plan.change import least_change
from merata.plan.decision import NONE, Decision
from merata.plan.frames import words
from merata.plan.reasons import Reasons
from merata.plan.result import Plan
from merata.plan.sentences import tell
from merata.plan.solve import Setting, decision_of, prepare
from merata.plan.words import Language
from merata.region.settings import Settings


@dataclass(frozen=True)
class Explanation:
    """What there is to say about one village; everything in it can be written as JSON."""

    code: str
    name: str
    district: str
    text_en: str
    """Paragraphs in English, a blank line between them."""
    text_id: str
    """The same in Indonesian."""
    options: list[dict[str, Any]]
    """Every option that was weighed: place, kind, option, level, reaches, chosen, capex_idr, opex_idr (a year) …"""
    assumptions: list[str]


def explain(
    plan: Plan, access: Access, tables: Mapping[str, pd.DataFrame], settings: Settings, code: str
) -> Explanation:
    """Why village `code` gets what `plan` gives it, or nothing, and the least that would have to change.

    Parameters
    ----------
    plan, access, tables, settings : as `solve` took and gave them.
    code : the village's official code.

    Raises
    ------
    MissingError
        No village has this code.

    """
    rows = access.villages[words(access.villages["code"]) == code]
    if rows.empty:
        raise MissingError(
            f"{code}: no village has this code. `merata explain FOLDER NAME` takes a name too."
        )
    setting = prepare(access, tables, settings)
    decision = decision_of(plan, setting)
    teller = _Teller(plan, setting, decision, {str(k): v for k, v in rows.iloc[0].items()})
    return Explanation(
        code=code,
        name=str(rows["name"].iloc[0]),
        district=str(rows["district"].iloc[0]),
        text_en="\n\n".join(teller.paragraphs("en")),
        text_id="\n\n".join(teller.paragraphs("id")),
        options=teller.options(),
        assumptions=list(dict.fromkeys([*access.assumptions, *plan.assumptions])),
    )


class _Teller:
    def __init__(self, plan: Plan, setting: Setting, decision: Decision, village: dict[str, Any]) -> None:
        self._plan = plan
        self._setting = setting
        self._decision = decision
        self._village = village
        self._reasons = Reasons(setting.choices, setting.problem, decision, setting.access)
        self._places = self._reasons.places_of(str(village["code"]))

    def paragraphs(self, language: Language) -> list[str]:
        """What is there now, what the plan gives, each place with what was weighed, the proof."""
        places = [self._place(n, language) for n in self._places]
        return [self._now(language), self._planned(language), *places, self._proof(language)]

    def _now(self, language: Language) -> str:
        village = self._village
        text = tell(
            "now",
            language,
            village=village["name"],
            district=village["district"],
            people=say.count(float(village["people"]), language),
            level=say.level(str(village["access_now"]), language),
            known=say.known(str(village["known_by"]), language),
            promised=say.level(str(village["promised"]), language),
            chance=f"{float(village['chance_below']):.0%}",
        )
        evidence = village.get("evidence")
        known = evidence is not None and not pd.isna(evidence) and str(evidence)
        return text + (tell("evidence", language, evidence=evidence) if known else "")

    def _planned(self, language: Language) -> str:
        rows = self._plan.villages[words(self._plan.villages["code"]) == str(self._village["code"])]
        return tell("plan", language, reason=rows[f"reason_{language}"].iloc[0])

    def _place(self, place: int, language: Language) -> str:
        row = self._setting.choices.places.iloc[place]
        name = self._reasons.name(place, language)
        label = name if row["kind"] == row["place"] else f"{name} {row['place']}"
        offers = [self._offer(offer, language) for offer in self._reasons.offers_of(place)]
        weighed = "; ".join(offers) or tell("none_known", language)
        built = self._decision.offer[place] != NONE
        what = self._reasons.of_place(place, language) if built else self._missing(place, language)
        return f"{label[:1].upper()}{label[1:]}: {weighed}. {what}"

    def _offer(self, offer: Mapping[str, Any], language: Language) -> str:
        return tell(
            "offer",
            language,
            option=say.option(offer["option"], language),
            detail=offer[f"detail_{language}"],
            level=say.level(offer["level"], language),
            short="" if offer["reaches"] else tell("short", language),
            capex=say.money(offer["capex_idr"], language),
            low=say.money(offer["capex_low_idr"], language),
            high=say.money(offer["capex_high_idr"], language),
            opex=say.money(offer["opex_idr"], language),
            known=say.known(offer["price_known_by"], language),
        )

    def _missing(self, place: int, language: Language) -> str:
        change = least_change(self._decision, place)
        why = self._reasons.hindrance(change, place, language)
        if change.hindrance != "money":
            return tell("not_built", language, why=why)
        option = say.option(self._reasons.offer(change.offer)["option"], language)
        return tell("least", language, option=option, year=self._setting.problem.years[change.year], why=why)

    def _proof(self, language: Language) -> str:
        plan = self._plan
        bound, objective, gap = f"{plan.bound:,.2f}", f"{plan.objective:,.2f}", f"{plan.gap:.2%}"
        if language == "id":
            swap = str.maketrans(",.", ".,")
            bound, objective, gap = bound.translate(swap), objective.translate(swap), gap.translate(swap)
        return tell("proof", language, bound=bound, objective=objective, gap=gap)

    def options(self) -> list[dict[str, Any]]:
        """Every offer of the village's places as plain values."""
        rows = []
        for place in self._places:
            kind = str(self._setting.choices.places["kind"].iloc[place])
            chosen = int(self._decision.offer[place])
            picked = "" if chosen == NONE else self._reasons.offer(chosen)["option"]
            for offer in self._reasons.offers_of(place):
                plain = {k: _plain(v) for k, v in offer.items() if k not in ("place_no", "village_code")}
                rows.append({"kind": kind, "chosen": offer["option"] == picked, **plain})
        return rows


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
