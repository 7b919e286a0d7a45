"""What packages of open contracting have alike: who publishes, parties, periods and values, in the standards' words."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from merata.assure.enough import UTC_OFFSET_H
from merata.region.settings import Settings

#: Times of days in the packages, as the region's clock has them.
ZONE = dt.timezone(dt.timedelta(hours=UTC_OFFSET_H))
CURRENCY = "IDR"
Json = dict[str, Any]


@dataclass(frozen=True)
class Publishing:
    """Who publishes: what every package says of itself."""

    region: str
    code: str
    """Official code of the region, such as 64.02."""
    buyer: str
    contract_prefix: str
    project_prefix: str
    licence: str = ""
    organisations: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    """Where the site is, https://…; empty: none is known."""
    published: dt.datetime = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    """When what it holds changed last."""
    made_up: bool = False
    """An example: every title says so."""

    @classmethod
    def of(
        cls,
        settings: Settings,
        code: str,
        published: dt.datetime,
        address: str = "",
        region: str = "",
        made_up: bool = False,
    ) -> Publishing:
        """From region.toml. Without a registered prefix identifiers begin with `local-` and the region's code."""
        said, name = settings.standards, region or settings.region.name
        code = settings.region.code or code
        local = f"local-{code}"
        return cls(
            name, code, said.buyer or name, said.ocid_prefix or local, said.project_prefix or local,
            said.licence, said.organisations, address, published, made_up or settings.region.made_up,
        )  # fmt: skip

    def ocid(self, number: str) -> str:
        """Identifier of the contracting process of a contract: the same as long as the contract has its number."""
        return f"{self.contract_prefix}-{quote(number, safe='')}"

    def project(self, code: str) -> str:
        """Identifier of a village's project: the same in every plan."""
        return f"{self.project_prefix}-{code}"

    def title(self, text: str) -> str:
        """A title, which says so where all of it is made up."""
        return f"{text} (rekaan)" if self.made_up else text

    def party(self, name: str) -> Json:
        """An organisation: registered identifier where region.toml gives it, else a local one made of its name."""
        said = self.organisations.get(name)
        if said is None:
            return {"id": f"local-{_word(name)}", "name": name}
        country, register, own = said.split("-", 2)
        identifier = {"scheme": f"{country}-{register}", "id": own, "legalName": name}
        return {"id": said, "name": name, "identifier": identifier}

    def reference(self, name: str) -> Json:
        """An organisation as it is referred to."""
        return {key: value for key, value in self.party(name).items() if key != "identifier"}

    def parties(self, roles: Iterable[tuple[str, str]]) -> list[Json]:
        """Organisations with all their roles, of pairs (name, role)."""
        found: dict[str, list[str]] = {}
        for name, role in roles:
            known = found.setdefault(name, [])
            known += [role] if role not in known else []
        return [{**self.party(name), "roles": said} for name, said in found.items()]

    def head(self, name: str) -> Json:
        """What a package begins with: uri, version, publisher, publishedDate and the licence."""
        uri = (
            f"{self.address}/data/standar/{name}.json"
            if self.address
            else f"urn:uuid:{stable_uuid(self.code, name)}"
        )
        licence = {"license": self.licence} if self.licence else {}
        return {
            "uri": uri,
            "publishedDate": moment(self.published),
            "publisher": {"name": self.buyer},
            **licence,
        }


@dataclass(frozen=True)
class Paid:
    """Money that was paid under a contract, whole rupiah."""

    id: str
    amount_idr: int
    paid_on: dt.date


@dataclass(frozen=True)
class Agreed:
    """A contract as it stands, with what was paid under it."""

    number: str
    provider: str
    starts: dt.date | None
    ends: dt.date | None
    fees: Mapping[int, int]
    """Fee a month (whole rupiah) -> service points that owe it."""
    promised: str = ""
    """What the provider promised, as a sentence."""
    fund: str = ""
    paid: tuple[Paid, ...] = ()
    changed: dt.datetime = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    """When any of this changed last."""

    @property
    def months(self) -> int | None:
        """Months that it runs, begun ones too; None where its beginning or end is not known."""
        if self.starts is None or self.ends is None:
            return None
        return (self.ends.year - self.starts.year) * 12 + self.ends.month - self.starts.month + 1

    @property
    def value_idr(self) -> int | None:
        """What its points cost over its whole time; None where that is not known, or no point is under it yet."""
        if self.months is None or not self.fees:
            return None
        return self.months * sum(fee * points for fee, points in self.fees.items())

    def status(self, day: dt.date) -> str:
        """pending, active or terminated on a day, by OCDS's codelist contractStatus."""
        if self.starts and day < self.starts:
            return "pending"
        return "terminated" if self.ends and day > self.ends else "active"

    def period(self) -> Json:
        """Its period, as far as it is known."""
        said = {
            "startDate": self.starts and midnight(self.starts),
            "endDate": self.ends and day_end(self.ends),
        }
        return given(said)


#: Field of a contract -> how it is said.
_PROMISED = {
    "down_mbps": "unduh {} Mbit/s",
    "up_mbps": "unggah {} Mbit/s",
    "availability": "tersedia {}% dari waktu",
    "latency_ms": "jeda paling lama {} ms",
    "repair_hours": "diperbaiki dalam {} jam",
}


def promised(row: Mapping[Any, Any]) -> str:
    """What a contract promises, as a sentence; what is None or NaN is not said. Empty where nothing is promised."""
    numbers = {name: row.get(name) for name in _PROMISED}
    known = {name: number for name, number in numbers.items() if number is not None and number == number}
    if "availability" in known:
        known["availability"] = 100 * known["availability"]
    said = [
        text.format(f"{known[name]:.6g}".replace(".", ","))
        for name, text in _PROMISED.items()
        if name in known
    ]
    return f"Dijanjikan: {', '.join(said)}." if said else ""


def stable_uuid(*parts: str) -> str:
    """The UUID (version 5) of a thing of a region: the same for the same words."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "merata/" + "/".join(parts)))


def value(amount_idr: int) -> Json:
    """An amount with its currency."""
    return {"amount": amount_idr, "currency": CURRENCY}


def midnight(day: dt.date) -> str:
    """The beginning of a day of the region."""
    return dt.datetime.combine(day, dt.time(), ZONE).isoformat()


def day_end(day: dt.date) -> str:
    """The last second of a day of the region."""
    return dt.datetime.combine(day, dt.time(23, 59, 59), ZONE).isoformat()


def moment(when: dt.datetime) -> str:
    """A moment in UTC, to the second."""
    return when.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def given(said: Mapping[str, Any]) -> Json:
    """Without what is not known: the standards want such fields absent, not empty."""
    return {key: found for key, found in said.items() if found not in (None, "", [], {})}


def told(package: Mapping[str, Any]) -> str:
    """A package as JSON, the same bytes for the same content."""
    return json.dumps(package, ensure_ascii=False, indent=1) + "\n"


def fingerprint(content: Mapping[str, Any]) -> str:
    """Twelve characters that change when the content does."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _word(name: str) -> str:
    """A name as a part of an identifier; names that differ only in what is lost get different ones."""
    word = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    mark = hashlib.sha256(name.encode()).hexdigest()[:6]
    return f"{word}-{mark}"
