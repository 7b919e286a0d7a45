"""Bundles are taken whole or not at all, weigh as they should, and leave nothing behind when they are taken back."""

import dataclasses
import datetime as dt
import http.server
import os
import shutil
import threading
from pathlib import Path

import pytest
from bundle_regions import KEY, NOTE, OTHER, TODAY, outcome, packed, paid, region

from merata.errors import MerataError
from merata.exchange import source, taken
from merata.exchange.fetched import fetched
from merata.plan import likeness
from merata.plan.catalogue import prices
from merata.plan.evidence import performance, taught
from merata.run import beside, engine, inputs
from merata.run.steps import STEPS

KEYS = [KEY.public]


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    place = tmp_path_factory.mktemp("taking") / "vekona"
    region(place)
    return place


@pytest.fixture
def here(start, tmp_path):
    return taken.Region(shutil.copytree(start, tmp_path / "vekona"))


def take(here, data, keys=KEYS, today=TODAY):
    return taken.take(here, data, keys, "a.zip", today)


def files(here):
    return {
        str(path.relative_to(here.path)): path.read_bytes()
        for path in sorted(here.path.rglob("*"))
        if path.is_file() and ".merata" not in path.parts
    }


def hashes(here):
    found = inputs.read(taken.Region(here.path))
    return {step.name: found.hash_of(step.reads) for step in STEPS}


def test_what_was_taken_moves_prices_and_is_gone_without_a_trace_when_taken_back(here):
    before, plan = files(here), hashes(here)
    take(here, packed(prices=[paid(middle=1_500_000)]))
    tables = inputs.planning_tables(here)
    row = prices(tables["prices"], here.settings, tables["evidence"]).loc["leo_monthly"]
    assert 1_500_000 < row["used_idr"] < 2_000_000
    assert row["basis"] == "regency 2026; from Kabupaten Pazelo (contoh), 41 sites"
    assert row["known_by"] == "made up"
    assert {name for name, value in hashes(here).items() if value != plan[name]} == {
        "options",
        "plan",
        "publish",
    }
    taken.untake(here, "99.01")
    assert hashes(here) == plan
    after = files(here)
    assert set(after) - set(before) == {taken.INDEX}, "of what is gone only its number is remembered"
    assert {name: after[name] for name in before} == before
    taken.untake(here, "99.01", forget=True)
    assert taken.listed(here.path) == {}


def test_replayed_older_and_double_bundles_are_refused_also_after_one_was_taken_back(here):
    take(here, packed(2))
    stood = files(here)
    for data, why in (
        (packed(2), "was taken before"),
        (packed(1), "is older than what was taken before"),
        (packed(3, date="2026-10-01"), "is older"),
        (packed(2, prices=[]), "one number was given twice"),
        (packed(3, key=OTHER), "with another key"),
    ):
        with pytest.raises(MerataError, match=why):
            take(here, data, [*KEYS, OTHER.public])
        assert files(here) == stood
    taken.untake(here, "99.01")
    with pytest.raises(MerataError, match="is older"):
        take(here, packed(1))
    take(here, packed(2))
    assert files(here) == stood
    take(here, packed(3))
    assert taken.listed(here.path)["99.01"].about.serial == 3


def test_what_a_region_must_not_take_it_refuses(here, tmp_path):
    real = region(tmp_path / "nyata", made_up=False)
    for to, data, why in (
        (here, packed(code="99.02"), "this region's own"),
        (real, packed(), "worked example"),
        (here, packed(date="2026-12-24"), "still to come"),
    ):
        before = files(to)
        with pytest.raises(MerataError, match=why):
            take(to, data)
        assert files(to) == before
    with pytest.raises(MerataError, match=r"no bundle of 99\.07 is taken in; there is: none"):
        taken.untake(here, "99.07")


def test_an_archive_that_was_changed_in_the_folder_is_found(here):
    take(here, packed())
    (here.path / "evidence" / "99.01.zip").write_bytes(packed(prices=[paid(middle=1_000_000)]))
    with pytest.raises(MerataError, match="is not the bundle that was taken in"):
        inputs.read(here)
    (here.path / "evidence" / "99.01.zip").unlink()
    with pytest.raises(MerataError, match="is gone"):
        inputs.read(here)


@pytest.mark.parametrize("moment", range(7))
def test_a_take_that_is_killed_leaves_the_old_or_the_new_folder(here, moment):
    take(here, packed(1))
    old = files(here)
    child = os.fork()
    if not child:
        _die_at(moment)
        take(here, packed(2))
        os._exit(0)
    os.waitpid(child, 0)
    with here.reading():
        now = taken.listed(here.path)["99.01"].about.serial
    assert now == taken.bundles(here.path)[0].about.serial
    assert (now == 2) or files(here) == old
    if now == 1:
        take(here, packed(2))


def _die_at(moment):
    """End this process at its so manieth step to the disk."""
    left = iter(range(moment, -1, -1))

    def dying(does):
        def do(*given):
            if next(left, 0) == 0:
                os._exit(9)
            return does(*given)

        return do

    os.replace, os.fsync, Path.rename = dying(os.replace), dying(os.fsync), dying(Path.rename)


# What it weighs


def figures(data, mix=None, date=TODAY):
    rows = taken.figures(taken.bundle.opened(data, KEYS, "a.zip"), mix or {("mixed", "mixed"): 1.0}, date)
    return {(row["kind"], row["what"]): row for row in rows}


def test_like_ground_and_young_figures_weigh_more():
    groups = [
        paid(middle=1_000_000, terrain="flat", remoteness="near", sites=10),
        paid(middle=3_000_000, terrain="hilly", remoteness="remote", sites=10),
    ]
    key, data = ("price", "leo_monthly"), packed(prices=groups)
    flat = figures(data, {("flat", "near"): 1.0})[key]
    hills = figures(data, {("hilly", "remote"): 1.0})[key]
    both = figures(data, {("flat", "near"): 0.5, ("hilly", "remote"): 0.5})[key]
    assert flat["mean"] < both["mean"] < hills["mean"]
    assert flat["sites"] == both["sites"] == 20
    assert figures(packed(prices=groups[:1]), {("hilly", "remote"): 1.0})[key]["likeness"] == 1 / 16
    late = figures(data, date=dt.date(2028, 11, 1))[key]
    assert late["age_years"] == pytest.approx(2.0, abs=0.01)


def test_a_list_tells_nothing_where_contracts_tell_what_was_paid():
    offered = paid(middle=9_000_000, sites=0, basis="price list")
    one = figures(packed(prices=[paid()]))[("price", "leo_monthly")]
    assert figures(packed(prices=[paid(), offered]))[("price", "leo_monthly")] == one
    alone = figures(packed(prices=[offered]))[("price", "leo_monthly")]
    assert alone["sites"] == 0
    assert alone["variance"] > one["variance"]


def test_outcomes_teach_how_often_a_link_is_there_and_how_long_it_takes(here):
    take(here, packed(outcomes=[outcome(availability=0.90, days_to_connect=400.0)]))
    told = inputs.planning_tables(here)["evidence"]
    # Log-odds 3.89 assumed (variance 1/4) and 2.20 measured, on ground of likeness 1/4: by a sixth of the way.
    assert performance(told)["leo"].availability == pytest.approx(0.9737, abs=1e-4)
    assert performance(told)["fibre"] == performance(None)["fibre"]
    assert taught(here.settings, told).plan.lead_years == {"leo": 1}
    own = here.settings.plan.model_copy(update={"lead_years": {"leo": 0}})
    assert taught(here.settings.model_copy(update={"plan": own}), told).plan.lead_years == {"leo": 0}
    assert taught(here.settings, None) is here.settings


def test_compared_runs_name_the_bundle(here, tmp_path):
    notes = []
    for n in range(2):
        found = inputs.read(taken.Region(here.path))
        folder = tmp_path / str(n)
        folder.mkdir()
        engine._note(folder, found, [])
        notes.append(engine.Run(folder))
        if not n:
            take(here, packed())
    cause = next(cause for cause in beside.causes(*notes) if cause.what == "bundle of 99.01")
    assert (cause.a, cause.b[-12:]) == ("", ", 2026-11-01")


def test_likeness_is_whole_only_for_the_same_ground():
    assert likeness.like(("flat", "near"), ("flat", "near")) == 1
    assert likeness.like(("flat", "near"), ("hilly", "remote")) == 1 / 16
    assert likeness.like(("flat", "mixed"), ("flat", "near")) == 1 / 2


# From an address


class Door(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = {"/good": packed(), "/large": bytes(6_000_000)}.get(self.path)
        self.send_response(302 if self.path == "/moved" else 200 if body else 404)
        if self.path == "/moved":
            self.send_header("Location", "/good")
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def door():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_bundle_comes_from_an_address_and_nothing_else_does(door, tmp_path, monkeypatch):
    assert fetched(f"{door}/good") == packed()
    for what, why in (
        (f"{door}/moved", "answered 302; other addresses are not followed"),
        (f"{door}/gone", "there is no bundle"),
        (f"{door}/large", "more than 5000000 bytes"),
        ("http://neighbour.example/paket.zip", "begins with https://"),
        ("file:///etc/passwd", "begins with https://"),
        ("ftp://127.0.0.1/x", "begins with https://"),
        (str(tmp_path), "is a folder"),
        (str(tmp_path / "none.zip"), "no such file"),
    ):
        with pytest.raises(MerataError, match=why):
            fetched(what)
    monkeypatch.setattr(source, "LONGEST_S", -1)
    with pytest.raises(MerataError, match="was not through"):
        fetched(f"{door}/good")


def test_notes_of_practice_come_along(here):
    assert take(here, packed()).tables["practices"] == [NOTE]
    assert [dataclasses.asdict(one.about)["code"] for one in taken.bundles(here.path)] == ["99.01"]
