"""What the districts and villages of a made-up region are called."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from merata.example.words import Namer


@dataclass(frozen=True)
class DistrictNames:
    """Names of the districts, and what each was part of before it was split off."""

    name: list[str]
    old: list[str]

    @classmethod
    def make(
        cls, namer: Namer, district: NDArray[np.int64], pairs: NDArray[np.int64], rng: np.random.Generator
    ) -> DistrictNames:
        """Names for as many districts as there are; about one in ten was split off its neighbour."""
        count = int(district.max()) + 1
        name = [namer.stem() for _ in range(count)]
        old = list(name)
        young: set[int] = set()
        sides = np.unique(district[pairs], axis=0)
        for a, b in sides[rng.permutation(len(sides))].tolist():
            if len(young) * 10 >= count or count < 2:
                break
            if a != b and not {a, b} & young and name[a] == old[a] and " " not in name[a]:
                name[b] = f"{name[a]} {rng.choice(['Hulu', 'Barat', 'Darat'])}"
                old[b] = name[a]
                young |= {a, b}
        return cls(name, old)


def village_names(
    namer: Namer,
    districts: list[str],
    district: NDArray[np.int64],
    town: NDArray[np.int64],
    rng: np.random.Generator,
) -> list[str]:
    """Invented names; some in pairs (Ulu, Ilir), some the same in two districts."""
    names: list[str] = []
    tails = ("Ulu", "Ilir", "Baru", "Seberang", "Lama", "Jaya", "Dalam")
    for k, d in enumerate(district.tolist()):
        same_district = k > 0 and district[k - 1] == d
        before = names[k - 1] if k else ""
        if not same_district and " " not in districts[d]:
            names.append(districts[d])
        elif same_district and rng.random() < 0.16 and before.count(" ") == 0:
            names.append(f"{before} {rng.choice(tails)}")
        elif rng.random() < 0.12:
            names.append(f"{namer.stem()} {rng.choice(tails)}")
        else:
            names.append(namer.stem())
    _repeat_some(names, district, rng)
    return names


def _repeat_some(names: list[str], district: NDArray[np.int64], rng: np.random.Generator) -> None:
    """Give a few villages the name of a village in another district."""
    simple = [k for k, name in enumerate(names) if " " not in name and k and district[k - 1] == district[k]]
    for _ in range(max(1, len(names) // 80)):
        a, b = (int(v) for v in rng.choice(simple, 2, replace=False))
        follows = b + 1 < len(names) and names[b + 1].startswith(names[b])
        if district[a] != district[b] and not follows:
            names[b] = names[a]
