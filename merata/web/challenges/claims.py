"""What somebody says is wrong, checked: its fields, its evidence, its day; and what was published of it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from merata.region.prices import COMPONENTS
from merata.region.values import fold, parse_date, parse_number, tidy
from merata.web.challenges.facts import FACTS, MEASURED, WITH_WORDS, Field, facts_of, fields_of
from merata.web.challenges.records import FIND, NOW, agrees
from merata.web.models import FacilityFacts, PhoneTest, Publication, VillageFacts
from merata.web.programme.said import Choice, Key, Problem

#: Evidence is no older than this.
OLDEST = dt.timedelta(days=365)
#: Speed tests of a village count as evidence for so many days.
TESTS = dt.timedelta(days=90)
MOST_WORDS = 1000
#: Nine digits and more, however they are spaced: a telephone number, or a number of a person's papers.
_NUMBER = re.compile(r"(?:\d[\s().+-]{0,2}){9,}")
_ADDRESS = re.compile(r"\S+@\S+\.\S+|https?://", re.IGNORECASE)


@dataclass(frozen=True)
class Claim:
    """A challenge that can be taken: nothing of it is kept yet."""

    fact: str
    publication: Publication
    village: VillageFacts | None
    """None: it is about the region as a whole."""
    says: dict[str, Any]
    evidence: str
    on: dt.date
    measured: dict[str, Any]
    words: str

    @property
    def code(self) -> str:
        """The code of its village; empty where it is about the region as a whole."""
        return self.village.code if self.village else ""

    @property
    def about(self) -> str:
        """Alike for all that say the same of the same thing."""
        said = {name: fold(value) if isinstance(value, str) else value for name, value in self.says.items()}
        what = [self.fact, self.code, said]
        return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def checked(given: Mapping[str, Any], of: VillageFacts | Publication) -> Claim | list[Problem]:
    """The claim that a form, a row or a program gives, by the names of its fields; else all that is wrong with it.

    Parameters
    ----------
    of
        The village that it is about; a publication, where it is about the region as a whole.
    """
    village, publication = (of, of.publication) if isinstance(of, VillageFacts) else (None, of)
    fact, evidence = str(given.get("fact", "")), str(given.get("evidence", ""))
    if fact not in facts_of("village" if village else "region"):
        return [Problem("challenge_no_fact" if fact not in FACTS else "challenge_no_place", at="fact")]
    problems: list[Problem] = []
    if evidence not in FACTS[fact].evidence:
        problems.append(Problem("challenge_no_evidence", {"fact": Choice("challenge", fact)}, at="evidence"))
    says = _says(given, fields_of(fact, evidence), village, problems)
    measured: dict[str, Any] = {one.name: says.pop(one.name) for one in MEASURED if one.name in says}
    on = _day(given.get("evidence_on"), evidence, problems)
    if evidence == "speed test" and not problems:
        measured = tests_of(village.code) if village else {}
        if not measured:
            problems.append(Problem("challenge_no_tests", {"days": TESTS.days}, at="evidence"))
    words = _text(given.get("words"))[:MOST_WORDS]
    if evidence in WITH_WORDS and not words:
        problems.append(Problem("challenge_how", at="words"))
    claim = Claim(fact, publication, village, says, evidence, on, measured, words)
    return problems or _nothing_to_decide(claim) or claim


def _nothing_to_decide(claim: Claim) -> list[Problem]:
    """Why there is nothing to challenge: it is published just so, or nothing of it is."""
    if claim.fact not in NOW:
        same = claim.village is not None and says_what_is_published(claim.fact, claim.says, claim.village)
        return [Problem("challenge_is_published", at="fact")] if same else []
    now = published_as(claim)
    if not now:  # a statistic that is kept back says nothing, either
        return [Problem("challenge_not_there", at="fact")]
    return [Problem("challenge_is_published", at="fact")] if agrees(claim.fact, claim.says, now) else []


def tells_of_a_person(text: str) -> bool:
    """Whether a text that everybody will read holds a number or address by which a person is reached."""
    return bool(_NUMBER.search(text) or _ADDRESS.search(text))


def tests_of(code: str) -> dict[str, Any]:
    """What the speed tests of a village say that the centre's own server saw: how many, of how many days."""
    rows = PhoneTest.objects.filter(village_code=code, began__gt=timezone.now() - TESTS)
    pairs = rows.values_list("down_mbps", "began")
    found = [(rate, began.date()) for rate, began in pairs if rate is not None and began]
    if not found:
        return {}
    median = statistics.median(rate for rate, _ in found)
    return {"tests": len(found), "days": len({day for _, day in found}), "down_mbps": round(median, 1)}


def published_as(claim: Claim) -> str:
    """What stands there of the fact: a key that pages say in words, or a number; '' where nothing does."""
    if claim.fact in NOW:
        return NOW[claim.fact](claim.says, claim.code)
    return _of_village(claim.fact, claim.says, claim.village) if claim.village else ""


def _of_village(fact: str, says: Mapping[str, Any], village: VillageFacts) -> str:
    if fact == "access":
        return village.access_now
    if fact == "facility access":
        found = facility(village, str(says.get("facility", "")))
        return found.access_now if found else ""
    if fact == "people":
        return "" if village.people is None else str(village.people)
    return village.electricity if fact == "electricity" else ""


def says_what_is_published(fact: str, says: Mapping[str, Any], village: VillageFacts) -> bool:
    """Whether a challenge says just what stands there, so that there is nothing to decide."""
    said = {
        "access": "level",
        "facility access": "level",
        "people": "people",
        "electricity": "electricity",
    }.get(fact)
    if said is None or any(says.get(name) is not None for name in ("households", "hours")):
        return False
    return str(says.get(said)) == _of_village(fact, says, village)


def facility(village: VillageFacts, key: str) -> FacilityFacts | None:
    """The facility of a village with a key, in the village's publication."""
    rows = FacilityFacts.objects.filter(publication=village.publication, village_code=village.code)
    return rows.filter(key=key[:200]).first() if key else None


def _says(
    given: Mapping[str, Any], fields: tuple[Field, ...], village: VillageFacts | None, problems: list[Problem]
) -> dict[str, Any]:
    says: dict[str, Any] = {}
    for one in fields:
        raw = given.get(one.name)
        text = _text(raw)
        if not text:
            if one.required:
                problems.append(Problem("challenge_lacks", {"field": Key(f"fact_{one.name}")}, at=one.name))
            continue
        # A program's number is none that is written in one of two styles.
        is_number = one.kind == "number" and isinstance(raw, int | float)
        found = _READ[one.kind](one, raw if is_number else text, village)
        if found is None:
            problems.append(_misread(one, text))
        else:
            says |= found
    if ("lat" in says) != ("lon" in says):
        problems.append(Problem("challenge_half_a_place", at="lat"))
    elif "lat" in says and village is not None and _far(says, village):
        problems.append(Problem("challenge_far", {"km": FAR_KM}, at="lat"))
    return says


#: A place that lies farther from the middle of its village is mistyped, or in another village.
FAR_KM = 60.0


def _far(says: Mapping[str, Any], village: VillageFacts) -> bool:
    if village.lon is None or village.lat is None:
        return False
    off_km: float = 111.3 * ((says["lat"] - village.lat) ** 2 + (says["lon"] - village.lon) ** 2) ** 0.5
    return off_km > FAR_KM


def _choice(one: Field, text: str, village: VillageFacts | None) -> dict[str, Any] | None:
    return {one.name: text} if text in one.choices else None


def _number(one: Field, text: Any, village: VillageFacts | None) -> dict[str, Any] | None:
    value = parse_number(text)
    if value is None or not one.least <= value <= one.most:
        return None
    return {one.name: int(value) if value == int(value) else round(value, 6)}


def _words(one: Field, text: str, village: VillageFacts | None) -> dict[str, Any] | None:
    return {one.name: text} if len(text) <= one.most and not tells_of_a_person(text) else None


def _facility(one: Field, text: str, village: VillageFacts | None) -> dict[str, Any] | None:
    """By its key, as the form has it, or by its name, as people write it."""
    if village is None:
        return None
    found = facility(village, text)
    if found is None:
        rows = FacilityFacts.objects.filter(publication=village.publication, village_code=village.code)
        named = [row for row in rows if fold(row.name) == fold(text)]
        found = named[0] if len(named) == 1 else None
    if found is None:
        return None
    return {"facility": found.key, "facility_name": found.name or found.kind, "facility_kind": found.kind}


def _component(one: Field, text: str, village: VillageFacts | None) -> dict[str, Any] | None:
    found = COMPONENTS.get(text)
    if found is None:
        return None
    unit = "IDR per month" if found.unit == "per month" else "IDR once"
    return {"component": text, "item": (found.words or (found.about,))[0], "unit": unit}


def _degrees(one: Field, text: str, village: VillageFacts | None) -> dict[str, Any] | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return {one.name: round(value, 5)} if one.least <= value <= one.most else None


def _named(one: Field, text: str, village: VillageFacts | None) -> dict[str, Any] | None:
    return FIND[one.kind](text, village)


_READ: dict[str, Callable[[Field, Any, VillageFacts | None], dict[str, Any] | None]] = {
    "choice": _choice, "number": _number, "text": _words, "facility": _facility, "component": _component,
    "degrees": _degrees, **dict.fromkeys(FIND, _named),
}  # fmt: skip


def _misread(one: Field, text: str) -> Problem:
    values: dict[str, Any] = {"field": Key(f"fact_{one.name}"), "text": text[:60]}
    if one.kind in ("number", "degrees"):
        return Problem("challenge_number", {**values, "least": one.least, "most": one.most}, at=one.name)
    if one.kind == "text":
        return Problem("challenge_text", {**values, "most": int(one.most)}, at=one.name)
    if one.kind == "choice":
        return Problem("challenge_choice", {**values, "choices": ", ".join(one.choices)}, at=one.name)
    key = "challenge_unknown" if one.kind in FIND else f"challenge_{one.kind}"
    return Problem(key, values, at=one.name)


def _day(given: Any, evidence: str, problems: list[Problem]) -> dt.date:
    today = timezone.localdate()
    if evidence == "speed test" and not given:
        return today
    on = parse_date(given) if isinstance(given, str | dt.date) and given else None
    if on is None:
        problems.append(Problem("challenge_no_day", at="evidence_on"))
    elif not today - OLDEST <= on <= today:
        problems.append(Problem("challenge_old", {"days": OLDEST.days}, at="evidence_on"))
    return on or today


def _text(given: Any) -> str:
    if given is None or isinstance(given, bool):
        return ""
    return tidy(given.replace("\0", "")) if isinstance(given, str) else str(given)


def newest_of(publication: Publication | None, code: str) -> VillageFacts | None:
    """A village of a publication, with it."""
    if publication is None:
        return None
    return publication.villages.filter(code=code[:13]).select_related("publication").first()
