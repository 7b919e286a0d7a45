"""Contracts and payments as a release package of the Open Contracting Data Standard (OCDS) 1.1.

Standard: https://standard.open-contracting.org/1.1/en/ . A release says how one contract stands. What Merata does not
know (planning, tender, signatures) is absent. A provider stands under `awards`, for there alone OCDS has suppliers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from merata.publish.open_contracting import (
    Agreed,
    Json,
    Publishing,
    fingerprint,
    given,
    midnight,
    moment,
    value,
)

NAME = "ocds"


def package(contracts: Iterable[Agreed], publishing: Publishing, day: dt.date) -> Json | None:
    """The release package of contracts on a day; None where there is none: the standard knows no empty package."""
    releases = [release(contract, publishing, day) for contract in contracts]
    if not releases:
        return None
    return {**publishing.head(NAME), "version": "1.1", "releases": releases}


def release(contract: Agreed, publishing: Publishing, day: dt.date) -> Json:
    """One contract as a release; its id changes exactly when what it says does."""
    ocid = publishing.ocid(contract.number)
    said = {
        "ocid": ocid,
        "tag": ["award", "contract", *(["implementation"] if contract.paid else [])],
        "initiationType": "tender",
        "language": "id",
        "parties": publishing.parties(_roles(contract, publishing)),
        "buyer": publishing.reference(publishing.buyer),
        "awards": [_award(contract, publishing)],
        "contracts": [_contract(contract, publishing, day)],
    }
    return {"id": f"{ocid}-{fingerprint(said)}", "date": moment(contract.changed), **said}


def _roles(contract: Agreed, publishing: Publishing) -> list[tuple[str, str]]:
    buyer, provider = publishing.buyer, contract.provider
    paid = [(buyer, "payer"), (provider, "payee")] if contract.paid else []
    return [(buyer, "buyer"), (provider, "supplier"), *paid]


def _award(contract: Agreed, publishing: Publishing) -> Json:
    return {
        "id": contract.number,
        "title": _title(contract, publishing),
        "status": "active",
        "suppliers": [publishing.reference(contract.provider)],
    }


def _contract(contract: Agreed, publishing: Publishing, day: dt.date) -> Json:
    amount = contract.value_idr
    about = [contract.promised, f"Dana: {contract.fund}." if contract.fund else ""]
    return given(
        {
            "id": contract.number,
            "awardID": contract.number,
            "title": _title(contract, publishing),
            "description": " ".join(part for part in about if part),
            "status": contract.status(day),
            "period": contract.period(),
            "value": None if amount is None else value(amount),
            "items": list(_items(contract)),
            "implementation": given({"transactions": _transactions(contract, publishing)}),
        }
    )


def _items(contract: Agreed) -> Iterable[Json]:
    """Months of service of one point, by their fee: quantity × fee of all items is the contract's value."""
    for number, (fee, points) in enumerate(sorted(contract.fees.items()), start=1):
        quantity = None if contract.months is None else points * contract.months
        yield given(
            {
                "id": str(number),
                "description": f"Layanan internet di satu titik, per bulan ({points} titik)",
                "quantity": quantity,
                "unit": {"name": "bulan layanan satu titik", "value": value(fee)},
            }
        )


def _transactions(contract: Agreed, publishing: Publishing) -> list[Json]:
    return [
        {
            "id": paid.id,
            "date": midnight(paid.paid_on),
            "value": value(paid.amount_idr),
            "payer": publishing.reference(publishing.buyer),
            "payee": publishing.reference(contract.provider),
        }
        for paid in contract.paid
    ]


def _title(contract: Agreed, publishing: Publishing) -> str:
    return publishing.title(f"Kontrak layanan internet {contract.number}")
