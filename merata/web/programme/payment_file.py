"""A list of payments taken in: looked at row by row, then kept in one go."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from merata.errors import FileError
from merata.region.values import fold
from merata.web.changes import keep
from merata.web.models import Contract, Payment, ServicePoint, User
from merata.web.programme.columns import PAYMENTS, Row, Sheet, read
from merata.web.programme.frame import go, shown, user_of, words
from merata.web.programme.said import Key, Problem, RefusedError
from merata.web.programme.steps import new_batch
from merata.web.rights import needs

_KEPT = "programme_payments"


@dataclass
class Proposed:
    """One row: the payment that it means, and what is wrong with it."""

    number: int
    payment: Payment
    problems: list[Problem] = field(default_factory=list)
    known: bool = False
    """The same payment is there already."""


@needs("change programme")
def payment_file(request: HttpRequest) -> HttpResponse:
    """Send a list of payments in; see what it holds before it is kept."""
    t = words(request)
    upload = request.FILES.get("file")
    if request.method != "POST" or not isinstance(upload, UploadedFile):
        wrong = (t("programme_file_lacks"), t.language) if request.method == "POST" else None
        return shown(
            request, "payment_file", 400 if wrong else 200, wrong=wrong, columns=PAYMENTS, proposed=None
        )
    try:
        found = read(upload, PAYMENTS)
    except FileError as error:
        return shown(request, "payment_file", 400, wrong=t.phrase(error), columns=PAYMENTS, proposed=None)
    proposed = _proposed(found)
    good = [one for one in proposed if not one.problems and not one.known]
    rows = [{"number": row.number, "cells": row.cells} for row in found.rows if not row.problems]
    request.session[_KEPT] = {"file": (upload.name or "")[:120], "rows": rows}
    total = sum(one.payment.amount_idr for one in good)
    return shown(
        request, "payment_file", wrong=None, columns=PAYMENTS, proposed=proposed, good=len(good), total=total
    )


@needs("change programme")
@require_POST
def payment_file_apply(request: HttpRequest) -> HttpResponse:
    """Keep the payments of the list that was looked at."""
    t, kept = words(request), request.session.pop(_KEPT, None)
    if not kept:
        return go(request, "programme_payment_file")
    sheet = Sheet([Row(row["number"], row["cells"]) for row in kept["rows"]], [])
    try:
        batch, count = _keep(_proposed(sheet), user_of(request), t("sheet_why", file=kept["file"]))
    except RefusedError as refused:
        return go(request, "programme_payment_file", say=refused.said(t), wrong=True)
    if not count:
        return go(request, "programme_payments", say=t("programme_nothing_changed"))
    return go(request, "programme_batch", batch, say=t("payments_kept", count=count))


@transaction.atomic
def _keep(proposed: list[Proposed], by: User, why: str) -> tuple[str, int]:
    batch, count = new_batch(), 0
    for one in proposed:
        if one.problems or one.known:
            continue
        try:
            keep(one.payment, by, why=why, way="file", batch=batch)
        except ValidationError as error:
            said = {"code": str(one.number), "what": " ".join(error.messages)}
            raise RefusedError([Problem("row_not_valid", said)]) from None
        count += 1
    return batch, count


def _proposed(sheet: Sheet) -> list[Proposed]:
    contracts = {fold(row.number): row for row in Contract.objects.select_related("provider")}
    points = {fold(row.code): row for row in ServicePoint.objects.exclude(contract=None)}
    known = {_same(row) for row in Payment.objects.all()}
    found = []
    for row in sheet.rows:
        one = _of_row(row, contracts, points)
        one.known = not one.problems and _same(one.payment) in known
        if not one.problems:
            known.add(_same(one.payment))
        found.append(one)
    return found


def _same(row: Payment) -> tuple[Any, ...]:
    return row.contract_id, row.point_id, row.month, row.amount_idr, row.paid_on, row.reference


def _of_row(row: Row, contracts: dict[str, Contract], points: dict[str, ServicePoint]) -> Proposed:
    cells, wrong = row.cells, list(row.problems)
    wrong += [
        Problem("cell_lacks", {"column": Key(f"column_{column.name}")})
        for column in PAYMENTS
        if column.required and column.name not in cells and not row.problems
    ]
    contract = contracts.get(fold(cells.get("contract", "")))
    point = points.get(fold(cells["code"])) if "code" in cells else None
    if contract is None and "contract" in cells:
        wrong.append(Problem("no_such_contract", {"number": cells["contract"]}))
    if "code" in cells and (point is None or (contract and point.contract_id != contract.pk)):
        wrong.append(Problem("no_such_point_of_contract", {"code": cells["code"]}))
    fund = str(cells.get("fund") or (contract.fund if contract else ""))[:120]
    payment = Payment(
        contract=contract,
        point=point,
        amount_idr=cells.get("amount_idr", 0),
        fund=fund,
        reference=str(cells.get("reference", ""))[:80],
        **_days(cells),
    )
    return Proposed(row.number, payment, wrong)


def _days(cells: dict[str, Any]) -> dict[str, dt.date]:
    found: dict[str, dt.date] = {
        name: dt.date.fromisoformat(cells[name]) for name in ("month", "paid_on") if name in cells
    }
    if "month" in found:
        found["month"] = found["month"].replace(day=1)
    return found
