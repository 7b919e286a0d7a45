"""The log by its commands alone: two regions' people, a witness, a stick, and somebody who checks."""

import json
import re
import shutil

import pytest
from in_process import merata

from merata.exchange import notes

PROMISE = {
    "commitment": "k-1",
    "state": "made",
    "owner": "dinas-kominfo",
    "words": {"text": "Sampai balai desa"},
}
LINE = {"kind": "commitment", "date": "2026-03-03", "region": "64.02", "content": PROMISE}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A region with a log of three promises, keys of region and witness, and a policy."""
    place = tmp_path_factory.mktemp("commands")
    merata("new", place / "region", "--name", "Kabupaten Contoh")
    (place / "promises.jsonl").write_text("\n".join([json.dumps(LINE)] * 3))
    (place / "log.pub").write_text(merata("exchange", "key", place / "log.key", "contoh.example/log").stdout)
    seer = merata("exchange", "key", place / "seer.key", "seer.example", "--witness").stdout
    (place / "policy").write_text(f"log {public(place)}\nwitness univ {seer}quorum univ\n")
    said = merata("exchange", "append", place / "region", place / "promises.jsonl").stdout
    assert said.startswith("Entries 0 to 2 are in the log.")
    merata("exchange", "checkpoint", place / "region", "--key", place / "log.key")
    return place


def public(place):
    return (place / "log.pub").read_text().strip()


def test_a_promise_is_proven_and_verified_offline(place, tmp_path):
    proof = tmp_path / "promise.tlog-proof"
    merata("exchange", "prove", place / "region", "1", "--out", proof)
    said = merata("exchange", "verify", proof, "--key", public(place)).stdout
    assert "In the log: entry 1 of contoh.example/log, a commitment of 2026-03-03." in said
    assert "commitment: k-1" in said
    assert "No witness was demanded" in said
    proof.write_text(re.sub("index 1", "index 0", proof.read_text()))
    assert "was changed" in merata("exchange", "verify", proof, "--key", public(place), code=3).stderr
    other = notes.SecretKey.made("contoh.example/log", notes.LOG).public
    merata("exchange", "prove", place / "region", "1", "--out", proof)
    assert "not signed by a key" in merata("exchange", "verify", proof, "--key", other, code=3).stderr


def test_a_witness_by_stick_and_what_it_refuses(place, tmp_path):
    region, policy = tmp_path / "region", place / "policy"
    shutil.copytree(place / "region", region)
    refused = merata("exchange", "verify", region, "--policy", policy, code=3).stderr
    assert "too few witnesses: none of univ" in refused
    watch = (
        "exchange",
        "witness",
        "--key",
        place / "seer.key",
        "--policy",
        policy,
        "--state",
        tmp_path / "state",
    )
    # The stick carries the log's folder there, and a line back.
    shutil.copytree(region / "log", tmp_path / "stick")
    merata(*watch, "--once", tmp_path / "stick", "--out", tmp_path / "line")
    merata("exchange", "checkpoint", region, "--take", tmp_path / "line", "--policy", policy)
    assert "cosigned by univ at 20" in merata("exchange", "verify", region, "--policy", policy).stdout
    first = (region / "log" / "checkpoint").read_text()

    merata("exchange", "append", region, place / "promises.jsonl")
    merata("exchange", "checkpoint", region, "--key", place / "log.key")
    merata("exchange", "prove", region, "--since", "3", "--out", tmp_path / "asked")
    (tmp_path / "first").write_text(first)
    grew = merata(
        "exchange",
        "verify",
        tmp_path / "asked",
        "--key",
        public(place),
        "--old",
        tmp_path / "first",
        "--json",
    )
    assert json.loads(grew.stdout)["since"] == 3
    merata(*watch, "--once", tmp_path / "asked", "--out", tmp_path / "line")
    assert "taken away" in merata(*watch, "--once", tmp_path / "stick", code=3).stderr
    stale = merata("exchange", "checkpoint", region, "--take", tmp_path / "line", "--policy", policy)
    assert "— seer.example " in stale.stdout


def test_what_is_wrong_is_said_and_nothing_is_added(place, tmp_path):
    bad = tmp_path / "bad.jsonl"
    bad.write_text(
        json.dumps(LINE) + "\n" + json.dumps({**LINE, "content": {**PROMISE, "name": "Ibu Contoh"}})
    )
    said = merata("exchange", "append", place / "region", bad, code=3).stderr
    assert "bad.jsonl, line 2: commitment: has name, which is not declared" in said
    merata("exchange", "append", place / "region", tmp_path / "none", code=5)
    merata("exchange", "prove", place / "region", "99", code=7)
    merata("exchange", "verify", bad, "--key", public(place), code=3)
    merata("exchange", "verify", tmp_path, "--key", public(place), code=3)
    assert (place / "region" / "log" / "head").read_text().startswith("3 ")


def test_a_log_that_was_changed_is_found(place, tmp_path):
    shutil.copytree(place / "region" / "log", tmp_path / "log")
    bundle = tmp_path / "log" / "tile" / "entries" / "000.p" / "3"
    bundle.write_bytes(bundle.read_bytes().replace(b'"made"', b'"kept"', 1))
    said = merata("exchange", "verify", tmp_path / "log", "--key", public(place), code=3).stderr
    assert "entry 0 is not the one that was put into the log" in said
