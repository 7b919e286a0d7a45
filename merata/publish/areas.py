"""The areas that statistics are given for: the region, its districts and villages, by official code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from merata.publish.tables import Results


@dataclass(frozen=True)
class Area:
    """A place by its code, and the place that it is a part of."""

    code: str
    name: str
    kind: str
    """region, district or village."""
    parent: str = ""


#: Columns of areas.csv.
COLUMNS = ("code", "name", "kind", "parent")


def areas(results: Results) -> list[Area]:
    """The region first, then its districts, then villages, each in order of code."""
    from merata.access.columns import words
    from merata.publish.counted import district_of, region_code

    villages = results.access.villages
    codes, names = list(words(villages["code"])), list(words(villages["name"]))
    region = region_code(results.settings, codes)
    districts = dict(zip(map(district_of, codes), words(villages["district"]), strict=True))
    return [
        Area(region, results.name, "region"),
        *(Area(code, name or code, "district", region) for code, name in sorted(districts.items())),
        *(
            Area(code, name, "village", district_of(code))
            for code, name in sorted(zip(codes, names, strict=True))
        ),
    ]
