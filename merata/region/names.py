"""Finds the village that a name in a file means; says how it was found, and asks when it is not certain."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import pandas as pd
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from merata.region.findings import Finding, row_ranges
from merata.region.spelling import all_words, fold, name_words, numbers_in, plain
from merata.region.values import parse_code

__all__ = ["Candidate", "How", "Match", "VillageIndex", "findings_for", "fold", "match_rows", "subject"]

How = Literal["code", "exact", "folded", "fuzzy", "district split", "answer", "none"]

_OFFICIAL = re.compile(r"\d\d\.\d\d\.\d\d\.[12]\d{3}")
_MOST_CANDIDATES = 5
_LEAST_SCORE = 0.45
_LEAD = 2
"""How many letters farther the second nearest name must be for the nearest to be certain."""


class Candidate(NamedTuple):
    """A village that a name may mean."""

    code: str
    name: str
    district: str
    score: float
    """0 to 1: how alike the names are, less where the district differs."""


@dataclass(frozen=True)
class Match:
    """What became of one name. `code` is empty unless `sure`; the candidates come likeliest first."""

    code: str | None
    how: How
    score: float
    candidates: tuple[Candidate, ...] = ()
    sure: bool = False
    why: str = ""
    """What kept it from being certain."""
    outside: str = ""
    """The district or regency code, when the row seems to lie in another region."""


class _Village(NamedTuple):
    code: str
    name: str
    district: str
    plain: str
    fold: str
    full: str
    """The name with its kind of place, in lower case."""
    numbers: str
    home: str
    """The district, folded."""


def subject(village: str | None, district: str | None, code: str | None = None) -> str:
    """What the answer to "which village is this?" is kept under: `village:district/name`, and `#code` if given."""
    key = f"village:{fold(district or '')}/{fold(village or '')}"
    return f"{key}#{code.strip()}" if code and code.strip() else key


class VillageIndex:
    """The villages of a region, ready to be found by code or name."""

    def __init__(self, villages: pd.DataFrame, answers: Mapping[str, str] | None = None) -> None:
        """`villages`: columns code, name, district, and other_code if known; `answers`: see `subject`."""
        self.answers = dict(answers or {})
        rows = zip(villages["code"], villages["name"], villages["district"], strict=True)
        self._all = sorted(_village(*(_text(cell) for cell in row)) for row in rows)
        self._by_code = {v.code: v for v in self._all}
        self._by_fold = _group(self._all, "fold")
        self._by_home = _group(self._all, "home")
        self._no_districts = set(self._by_home) <= {""}
        self._districts = [_village("", v[0].district, v[0].district) for v in self._by_home.values()]
        self._regencies = {v.code[:5] for v in self._all if _OFFICIAL.fullmatch(v.code)}
        if "other_code" in villages.columns:
            for code, other in zip(villages["code"], villages["other_code"], strict=True):
                if _text(other):
                    self._by_code.setdefault(_text(other), self._by_code[_text(code)])

    def match(self, village: str | None, district: str | None, code: str | None = None) -> Match:
        """The village meant by a name, the name of its district and a code, each as written or None.

        A person's answer goes first, then a code that exists and that the name does not contradict, then the
        name: the same in the district, the same but for spelling, the only one nearly the same; then the same
        name in another district, because districts are split. What is not certain comes back with candidates.
        """
        village, district, code = _text(village), _text(district), _text(code)
        answered = self._answered(self.answers.get(subject(village, district, code)))
        if answered:
            return answered
        by_name = self._by_name(village, district) if fold(village) else Match(None, "none", 0.0)
        return self._check_code(code, village, by_name) if code else by_name

    def _answered(self, answer: str | None) -> Match | None:
        if answer == "none":
            return Match(None, "answer", 1.0, sure=True)
        found = self._by_code.get(answer or "")
        return _sure(found, "answer") if found else None

    def _check_code(self, code: str, village: str, by_name: Match) -> Match:
        dotted = parse_code(code) or code
        found = self._by_code.get(code) or self._by_code.get(dotted)
        if not found:
            return self._unknown_code(dotted, village, by_name)
        alike = _likeness(fold(village), found.fold) if fold(village) else 1.0
        if (by_name.sure and by_name.code != found.code) or alike < 0.5:
            here = Candidate(found.code, found.name, found.district, round(alike, 3))
            rest = tuple(c for c in by_name.candidates if c.code != found.code)
            why = f"the code {found.code} is that of {found.name} ({found.district}), but the name says otherwise"
            return Match(None, "none", alike, (here, *rest)[:_MOST_CANDIDATES], why=why)
        return _sure(found, "code")

    def _unknown_code(self, code: str, village: str, by_name: Match) -> Match:
        # In the ministry's codes the seventh digit is 1 (kelurahan) or 2 (desa); other codes say nothing of where.
        elsewhere = (
            bool(re.fullmatch(r"\d\d\.\d\d\.\d\d\.[12]\d{3}", code)) and code[:5] not in self._regencies
        )
        if elsewhere and by_name.sure:
            why = f"the code {code} belongs to another regency, but the name is of this one"
            return replace(by_name, code=None, how="none", sure=False, why=why)
        if elsewhere:
            return Match(
                None, "none", 0.0, why=f"the code {code} belongs to another regency", outside=code[:5]
            )
        if not village:
            return Match(None, "none", 0.0, why=f"no village has the code {code}")
        return by_name

    def _by_name(self, village: str, district: str) -> Match:
        folded, same = fold(village), self._by_fold.get(fold(village), [])
        if not fold(district) or self._no_districts:
            return self._anywhere(village, same)
        home = self._home(district)
        if home is None:
            why = f"there is no district {district!r} in this region"
            outside = "" if same else district
            return self._ask(village, None, why, outside)
        here = [v for v in same if v.home == home]
        if here:
            return self._the_one(here, village, home, "its district has more than one village of that name")
        near = _nearest(village, self._by_home[home])
        if near and not same:
            return _sure(near, "fuzzy", _likeness(folded, near.fold))
        if same and not near:
            return self._moved(village, home, same)
        why = "a village of nearly that name lies in the district, and one of that name elsewhere"
        return self._ask(village, home, why if near else "no village of the district has such a name")

    def _anywhere(self, village: str, same: list[_Village]) -> Match:
        if same:
            return self._the_one(same, village, None, "several districts have a village of that name")
        near = _nearest(village, self._all, mistakes=1)
        if near:
            return _sure(near, "fuzzy", _likeness(fold(village), near.fold))
        return self._ask(village, None, "no village has such a name")

    def _the_one(self, found: list[_Village], village: str, home: str | None, why: str) -> Match:
        """The only one of those with the same folded name, or the only one that is written the same."""
        alike = [v for v in found if v.plain == plain(village)]
        chosen = alike if len(alike) == 1 else found
        if len(chosen) == 1:
            return _sure(chosen[0], "exact" if alike else "folded")
        return self._ask(village, home, why)

    def _moved(self, village: str, home: str, same: list[_Village]) -> Match:
        """The name is not in its district but in another: certain when that district was split off this one."""
        said = self._by_home[home][0].district
        # A split leaves the old name with a word more; the other way round only a name without rivals is certain.
        split = [v for v in same if set(name_words(said)) < set(name_words(v.district))]
        related = split or [v for v in same if len(same) == 1 and _related(v.district, said)]
        if len(related) == 1:
            return _sure(related[0], "district split")
        only = same[0] if len(same) == 1 else None
        if only and only.plain == plain(village) and not self._resembles(only.fold, home):
            return _sure(only, "district split")
        why = "the district has no village of that name, but " + (
            "another one has" if only else "others have"
        )
        return self._ask(village, home, why)

    def _resembles(self, folded: str, home: str) -> bool:
        return any(_resemblance(folded, v.fold) >= 0.7 for v in self._by_home[home])

    def _home(self, district: str) -> str | None:
        """The folded name of the district meant, None when there is no such district."""
        if fold(district) in self._by_home:
            return fold(district)
        found = _nearest(district, self._districts)
        return found.fold if found else None

    def _ask(self, village: str, home: str | None, why: str, outside: str = "") -> Match:
        candidates = self._candidates(fold(village), home)
        return Match(
            None, "none", candidates[0].score if candidates else 0.0, candidates, why=why, outside=outside
        )

    def _candidates(self, folded: str, home: str | None) -> tuple[Candidate, ...]:
        own = self._by_home[home][0].district if home else ""
        alike = ((v, _resemblance(folded, v.fold)) for v in self._all)
        # How near a district is makes no score higher: it is asked of those only that are alike enough without.
        scored = [
            Candidate(v.code, v.name, v.district, round(score * _nearness(v, home, own), 3))
            for v, score in alike
            if round(score, 3) >= _LEAST_SCORE
        ]
        likely = sorted((c for c in scored if c.score >= _LEAST_SCORE), key=lambda c: (-c.score, c.code))
        return tuple(likely[:_MOST_CANDIDATES])


def match_rows(rows: pd.DataFrame, index: VillageIndex, file: str) -> tuple[pd.Series, list[Finding]]:
    """The village codes of `rows` (text, NA where none is certain), and a finding for each name that needs one.

    `rows`: any of the columns given_village, given_district, given_code (text), and sheet and source_row.
    Rows of the same words share one finding. Rows of other regions share one for each district or regency.
    """
    words = [_column(rows, name) for name in ("given_village", "given_district", "given_code")]
    keys = list(zip(*words, strict=True))
    places: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for at, key in enumerate(keys):
        places[key].append(at)
    matches = {key: index.match(*key) for key in places}
    findings = _findings(rows, matches, places, file)
    codes = [matches[key].code if matches[key].sure else None for key in keys]
    return pd.Series(codes, index=rows.index, dtype="string", name="village_code"), findings


def findings_for(
    match: Match,
    file: str,
    village: str,
    district: str,
    code: str = "",
    *,
    sheet: str = "",
    row: int = 0,
    more: int = 0,
) -> list[Finding]:
    """What a person should know of one match: nothing when it is plain, a repair, or a question.

    `row` is the first row with these words, `more` the number of others.
    """
    given = _given(village, district, code)
    also = f", and so in {more} more row{'s' if more > 1 else ''}" if more else ""
    if match.sure:
        done = _repaired(match, village)
        what = f"{given} is not written as in the list of villages."
        if match.how == "district split":
            what = f"The district '{district}' has no village '{village}'."
        return (
            [Finding("repaired", file, what, f"{done}{also}.", _REPAIR, sheet, row, "village")]
            if done
            else []
        )
    if not match.why:
        return []
    key = subject(village, district, code)
    likely = "; ".join(f"{c.code} {c.name} ({c.district})" for c in match.candidates)
    finding = Finding(
        "question", file, f"Which village is {given}? {match.why[0].upper()}{match.why[1:]}.",
        f"Left without a village{also}.", "", sheet, row, "village", likely, key,
    )  # fmt: skip
    example = match.candidates[0].code if match.candidates else "CODE"
    answer = f"merata settle FOLDER {finding.id} {example}"
    settle = (
        f"Answer it: `{answer}`, or another village's code; `none` when it is in no village of the region."
    )
    return [replace(finding, settle=settle)]


_REPAIR = "Nothing, if that is right; else correct the name in the file and add it again."


def _repaired(match: Match, village: str) -> str:
    best = match.candidates[0] if match.candidates else None
    if best is None or match.how not in ("folded", "fuzzy", "district split"):
        return ""
    place = f"{best.code} {best.name} ({best.district})"
    if match.how == "district split":
        spelt = "" if plain(best.name) == plain(village) else ", though spelt otherwise"
        return f"Taken as {place}, the village of that name{spelt}, which now lies in another district"
    likeness = "the same but for its spelling" if match.how == "folded" else f"{match.score:.0%} alike"
    return f"Taken as {place}, {likeness}"


def _given(village: str, district: str, code: str) -> str:
    words = f"'{village}'" if village else "the row"
    words += f" in the district '{district}'" if district else " without a district" if village else ""
    return f"{words} with the code {code}" if code else words


def _findings(
    rows: pd.DataFrame,
    matches: Mapping[tuple[str, str, str], Match],
    places: Mapping[tuple[str, str, str], list[int]],
    file: str,
) -> list[Finding]:
    sheets = _column(rows, "sheet")
    numbers = (
        [int(n) if pd.notna(n) else 0 for n in rows["source_row"]] if "source_row" in rows.columns else []
    )
    found: list[Finding] = []
    foreign = _foreign(matches)
    outside: dict[str, list[int]] = defaultdict(list)
    for key, at in places.items():
        if matches[key].outside in foreign or (matches[key].why and key[1] in foreign):
            outside[matches[key].outside or key[1]].extend(at)
            continue
        row = numbers[at[0]] if numbers else 0
        found += findings_for(matches[key], file, *key, sheet=sheets[at[0]], row=row, more=len(at) - 1)
    for where, at in outside.items():
        found.append(
            _left_out(where, [numbers[i] for i in at] if numbers else [], len(at), file, sheets[at[0]])
        )
    return found


def _foreign(matches: Mapping[tuple[str, str, str], Match]) -> set[str]:
    """Districts and regencies elsewhere: unknown here, and most of the names in them are unknown too."""
    votes: dict[str, list[bool]] = defaultdict(list)
    for (_, district, code), match in matches.items():
        if match.outside and match.outside != district:
            votes[match.outside] += [True] * 2
        elif not match.sure and match.why:
            votes[district].append(bool(match.outside) and not code)
    return {
        where for where, voted in votes.items() if where and sum(voted) >= 2 and sum(voted) * 2 > len(voted)
    }


def _left_out(where: str, rows: Sequence[int], count: int, file: str, sheet: str) -> Finding:
    listed = f" (rows {row_ranges(rows)})" if rows else ""
    what = f"'{where}' is not in this region: {count} row{'s' if count > 1 else ''}{listed}."
    settle = "Nothing, if that is right; else correct the district or the code in the file and add it again."
    return Finding("note", file, what, "Left out.", settle, sheet, min(rows, default=0), "district")


def _village(code: str, name: str, district: str) -> _Village:
    folded = fold(name)
    full = " ".join(all_words(name))
    return _Village(code, name, district, plain(name), folded, full, numbers_in(folded), fold(district))


def _group(villages: list[_Village], by: str) -> dict[str, list[_Village]]:
    groups: dict[str, list[_Village]] = defaultdict(list)
    for village in villages:
        groups[getattr(village, by)].append(village)
    return dict(groups)


def _sure(found: _Village, how: How, score: float = 1.0) -> Match:
    here = Candidate(found.code, found.name, found.district, round(score, 3))
    return Match(found.code, how, here.score, (here,), sure=True)


def _nearest(name: str, pool: list[_Village], mistakes: int = 2) -> _Village | None:
    """The only village whose name is within a typing mistake or two, with no other one close."""
    folded, full = fold(name), " ".join(all_words(name))
    numbers = numbers_in(folded)
    ranked = sorted(
        (OSA.distance(folded, v.fold), OSA.distance(full, v.full), v) for v in pool if v.numbers == numbers
    )
    if not ranked:
        return None
    distance, distance_full, best = ranked[0]
    if distance > min(_mistakes(len(best.fold)), mistakes) and distance_full > 1:
        return None
    if _related(name, best.name):  # 'Benua Baru Ulu' is not 'Benua Baru' misspelt
        return None
    for other, other_full, _ in ranked[1:]:
        # Folding brings names nearer to each other, so a lead in the names as written counts too.
        if other < distance + _LEAD and (other == distance or other_full < distance_full + _LEAD):
            return None
    return best


def _mistakes(length: int) -> int:
    return 0 if length < 4 else 1 if length < 12 else 2


def _likeness(a: str, b: str) -> float:
    return float(OSA.normalized_similarity(a, b))


def _resemblance(a: str, b: str) -> float:
    """0 to 1: how alike two names are, when one may also be a part of the other."""
    part = fuzz.partial_ratio(a, b) / 100 * 0.85 if min(len(a), len(b)) >= 4 else 0.0
    return max(_likeness(a, b), part)


def _nearness(village: _Village, home: str | None, district: str) -> float:
    if home is None or village.home == home:
        return 1.0
    return 0.9 if _related(village.district, district) else 0.75


def _related(a: str, b: str) -> bool:
    """Whether one name is the other with a word more: Kota Bangun, Kota Bangun Darat."""
    one, two = set(name_words(a)), set(name_words(b))
    return one < two or two < one


def _column(rows: pd.DataFrame, name: str) -> list[str]:
    return [_text(cell) for cell in rows[name]] if name in rows.columns else [""] * len(rows)


def _text(cell: object) -> str:
    return "" if cell is None or pd.isna(cell) else " ".join(str(cell).split())  # type: ignore[call-overload]
