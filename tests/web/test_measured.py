"""The programme as files that the scorer reads: those in service, their probes, their contracts."""

import csv
import datetime as dt

import pytest
from django.utils import timezone

from merata.assure.programme import read
from merata.web.changes import keep
from merata.web.measured import COLUMNS, run, write
from merata.web.models import Contract, Probe, ServicePoint


@pytest.fixture
def rows(tmp_path):
    def read(name):
        with (tmp_path / "measurements" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read


def test_columns_are_those_that_the_scorer_declares():
    from merata.assure.programme_tables import FILES, PHONES

    for name, columns in COLUMNS.items():
        declared = (FILES | {"phones": PHONES})[name].columns
        assert [column.name for column in declared if column.name in columns] == list(columns)
        assert {column.name for column in declared if column.required} <= set(columns)


def test_points_are_written_from_the_day_they_came_into_service(providers, tmp_path, rows):
    assert write(tmp_path / "measurements") == ["points", "probes", "contracts"]
    assert [row["point"] for row in rows("points")] == ["TL-02", "TL-12"], "contracted ones serve nobody yet"
    row = rows("points")[0]
    assert (row["from"], row["until"], row["provider"]) == ("2026-02-28T16:00:00Z", "", "PT Satu (contoh)")
    point = ServicePoint.objects.get(code="TL-01")
    for state, day in (("in service", 5), ("suspended", 9), ("in service", 12), ("ended", 20)):
        point.state, point.since = state, dt.date(2026, 3, day)
        keep(point, None)
    assert write(tmp_path / "measurements") == ["points", "suspended"]
    row = rows("points")[0]
    assert (row["point"], row["from"], row["until"]) == (
        "TL-01",
        "2026-03-04T16:00:00Z",
        "2026-03-19T16:00:00Z",
    )
    assert write(tmp_path / "measurements") == []


def test_only_probes_that_enrolled_are_written_until_they_were_revoked(providers, tmp_path, rows):
    point, now = ServicePoint.objects.get(code="TL-12"), timezone.now()
    Probe.objects.create(point=point, code_hash="a", code_ends_at=now)
    gone = Probe.objects.create(point=point, code_hash="b", code_ends_at=now, enrolled_at=now, revoked_at=now)
    write(tmp_path / "measurements")
    [row] = rows("probes")
    assert (row["probe"], row["point"]) == (str(gone.pk), "TL-12")
    assert row["until"].endswith("Z")
    assert "key" not in row


def test_the_worker_writes_once_there_is_a_probe(providers, tmp_path, settings):
    settings.REGION = tmp_path
    run(batch=True)
    assert not (tmp_path / "measurements").exists()
    now = timezone.now()
    point = ServicePoint.objects.get(code="TL-12")
    Probe.objects.create(point=point, code_hash="a", code_ends_at=now, enrolled_at=now)
    run(batch=True)
    assert read(tmp_path / "measurements").points["point"].tolist() == ["TL-02", "TL-12"]


def test_fees_go_out_and_terms_that_were_written_by_hand_stay(providers, tmp_path, rows):
    point = ServicePoint.objects.get(code="TL-02")
    point.fee_idr_per_month = 1_234_567
    point.save()
    write(tmp_path / "measurements")
    fees = {row["contract"]: row["monthly_idr"] for row in rows("contracts")}
    assert fees == {c.number: str(c.fee_idr_per_month) for c in Contract.objects.all()}
    assert {row["point"]: row["monthly_idr"] for row in rows("points")} == {"TL-02": "1234567", "TL-12": ""}
    path = tmp_path / "measurements" / "contracts.csv"
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    assert first.endswith(
        "monthly_idr,cap,year_cap,grace_hours,suspended_share,silent_days,silent_share,from,until"
    )
    rest[0] = rest[0].replace(",,,,", ",0.5,0.4,72,")
    path.write_text("\n".join([first, *rest]), encoding="utf-8")
    contract = Contract.objects.order_by("number").first()
    contract.fee_idr_per_month = 77
    contract.save()
    assert write(tmp_path / "measurements") == ["contracts"]
    row = rows("contracts")[0]
    assert [row[c] for c in ("monthly_idr", "cap", "year_cap", "grace_hours")] == ["77", "0.5", "0.4", "72"]
    ends = contract.ends + dt.timedelta(days=1)
    assert row["until"] == f"{ends - dt.timedelta(days=1)}T16:00:00Z", "its last day counts"
    assert read(tmp_path / "measurements").fees()["TL-02"] == 1_234_567
