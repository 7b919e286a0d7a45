"""History is rewritten in every way that its owner can: in the database, the log rebuilt to match and signed anew.

Whoever has the region's machine, its key and its salts can make site and log agree again. What they can't change is the
line that somebody kept, and the witness's memory.
"""

import datetime as dt
import hashlib
import json
import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from in_process import merata

from merata.errors import MerataError
from merata.exchange import checkpoints, keys, leaves, notes, verify
from merata.exchange.log import Log
from merata.exchange.policy import Policy
from merata.exchange.source import Folder
from merata.exchange.witness import Witness
from merata.web import logged, logged_things
from merata.web.changes import keep
from merata.web.models import Change, Commitment, LogEntry, Meeting, Organisation, ScoreSet
from merata.web.programme import promise_steps
from merata.web.scores import digest_of

NAME = "contoh.example/log"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    """None of these tests cuts the power."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    monkeypatch.setattr(os, "fdatasync", lambda _: None)


@pytest.fixture
def kept(tmp_path, settings, published, providers, person):
    """A region with everything in its log, and what others keep of it: a checkpoint, a proof, a witness's memory."""
    region = tmp_path / "region"
    (region / "runs" / published.run_id).mkdir(parents=True)
    (region / "region.toml").write_text('[region]\nname = "Kabupaten Contoh"\ncode = "99.01"\n')
    (region / "runs" / published.run_id / "plan.json").write_text('{"made": "up"}')
    published.decided_at = timezone.now()
    published.save()
    scored(region, "kartu")
    host = Organisation.objects.get(name="PT Satu (contoh)")
    Meeting.objects.create(
        title="Rapat", held_on=dt.date(2026, 3, 2), host=host, state="published", published_at=timezone.now(),
        record='{"form":1}',
    )  # fmt: skip
    Commitment.objects.create(meeting=Meeting.objects.get(), action="Beli genset", owner=host, year=2026,
                              due_by=dt.date(2026, 5, 1))  # fmt: skip
    keys.make(tmp_path / "key", NAME, notes.LOG)
    settings.REGION, settings.LOG_KEY = region, str(tmp_path / "key")
    logged.write(region, tmp_path / "key")
    first, second, *_ = Commitment.objects.order_by("pk")
    office = person("regency")
    promise_steps.take(first, office, "broken", why="Genset dicuri")
    promise_steps.replace(second, office, "Kapal terlambat", due_by=dt.date(2031, 5, 1))
    logged.write(region, tmp_path / "key")
    return Kept(tmp_path, region)


def scored(region, text):
    """A file of scores as the scorer writes it, taken into the site."""
    place = region / "measurements" / "scores" / "all"
    place.mkdir(parents=True, exist_ok=True)
    about = {"files": {"scorecards": sha256(text)}, "months": ["2026-03"]}
    (place / "about.json").write_text(json.dumps(about))
    told = {"digest": digest_of(about), "as_of": timezone.now(), "months": about["months"]}
    ScoreSet.objects.update_or_create(pk=1, defaults=told)


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


class Kept:
    """What somebody else has of a log, and whether they would notice."""

    def __init__(self, place, region):
        self.place, self.region, self.log = place, region, Log(region / "log")
        self.public = keys.load(place / "key", notes.LOG).public
        self.checkpoint = place / "kept"
        self.checkpoint.write_bytes((region / "log" / "checkpoint").read_bytes())
        seer = notes.SecretKey.of("seer.example", notes.WITNESS, b"w" * 32)
        policy = Policy.parse(f"log {self.public}\nwitness seer {seer.public}\nquorum none\n")
        self.witness = Witness(seer, policy, place / "seen", lambda: 1_772_500_000)
        self.witness.look(Folder(region / "log"))

    def entries(self):
        reader = self.log.reader()
        return [leaves.read(reader.entry(index)) for index in range(reader.size)]

    def rebuild(self, entries):
        """The log anew of other entries, signed by the region's own key, and the site's own note of it with it."""
        shutil.rmtree(self.region / "log")
        LogEntry.objects.all().delete()
        with self.log.writing() as writer:
            writer.append([leaves.leaf(e["kind"], e["date"], e["region"], e["content"]) for e in entries])
            writer.sign(keys.load(self.place / "key", notes.LOG))

    def notices(self):
        """Whether who kept a line of it and the witness see that it is no longer what it was."""
        verified, refused = self.verified(), self.refused()
        assert verified != refused
        return refused

    def verified(self):
        """Whether `merata exchange verify --old` finds all of it as it was."""
        try:
            held = checkpoints.parse(self.checkpoint.read_bytes())
            verify.log(
                Folder(self.region / "log"), Policy.parse(f"log {self.public}\nquorum none\n"), old=held
            )
        except MerataError:
            return False
        return True

    def refused(self):
        """Whether the witness refuses what the log says now."""
        try:
            self.witness.look(Folder(self.region / "log"))
        except MerataError:
            return True
        return False


@contextmanager
def restored(kept):
    """What is done in the block to the database, the region's files, the key and the witness's memory does not stay."""
    copy = kept.place.with_name(f"{kept.place.name}-copy")
    shutil.copytree(kept.place, copy)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    shutil.rmtree(kept.place)
    copy.rename(kept.place)


def first():
    return Commitment.objects.order_by("pk").first()


def update(**fields):
    Commitment.objects.filter(pk=first().pk).update(**fields)


def remove():
    gone = Commitment.objects.filter(replaced_by=None, replaces=None).order_by("pk").last()
    gone.points.update(commitment=None)
    gone.delete()


def swap():
    one, *_, other = Commitment.objects.order_by("pk")
    one.owner, other.owner = other.owner, one.owner
    one.village_code, other.village_code = other.village_code, one.village_code
    one.save()
    other.save()


def unchange():
    """As if a promise had never been changed."""
    row = Commitment.objects.exclude(replaced_by=None).get()
    later = row.replaced_by
    row.replaced_by, row.state, row.reason = None, "promised", ""
    row.save()
    later.points.update(commitment=row)
    later.delete()


def no_meeting():
    Commitment.objects.exclude(meeting=None).delete()
    Meeting.objects.all().delete()


def rescored():
    scored(Path(settings.REGION), "kartu yang lebih bagus")


def another_plan():
    [file] = Path(settings.REGION).glob("runs/*/plan.json")
    file.write_text('{"made": "up later"}')


#: What is done to the database, or the files that it points to.
ATTACKS = {
    "another level": lambda: update(level="basic"),
    "a later day": lambda: update(year=2031),
    "another owner": lambda: update(owner=Organisation.objects.order_by("-pk").first()),
    "another fund": lambda: update(fund="Dana lain"),
    "a broken one is promised again": lambda: update(state="promised", reason=""),
    "a broken one was kept": lambda: update(state="kept", evidence="Percayalah"),
    "another action": lambda: Commitment.objects.exclude(action="").update(action="Pinjam genset"),
    "a row removed": remove,
    "two rows swapped": swap,
    "a change never happened": unchange,
    "another record of the meeting": lambda: Meeting.objects.update(record='{"form":1,"decisions":[]}'),
    "the meeting never was": no_meeting,
    "better scores": rescored,
    "another plan": another_plan,
}


def matching(before, region):
    """The entries that a log would have, had all always been as the database says now: the rest stays to the byte."""
    # Salts as they were, where the words are: but for what was attacked, each entry is made to the byte as before.
    salted = {(e["kind"], leaves.name_of(e["kind"], e["content"])): {**e["content"], "state": "-"} for e in before
              if "words" in e["content"]}  # fmt: skip
    now = {(one.kind, one.of): one.content for one in logged_things.things(region, salted)}
    changes = {of for kind, of in now if kind == "change"}
    found = []
    for entry in before:
        kind, content = entry["kind"], entry["content"]
        of = leaves.name_of(kind, content)
        if kind == "change" and of in changes:
            found.append(entry)
        elif (kind, of) in now:
            entry = {**entry, "content": now[kind, of]}
            if entry not in found:
                found.append(entry)
    return found


def test_a_database_rewritten_with_its_log_is_caught(kept):
    before, noticed = kept.entries(), {}
    for how, attack in ATTACKS.items():
        with restored(kept):
            attack()
            kept.rebuild(matching(before, kept.region))
            assert logged.write(kept.region, kept.place / "key") == 0, (
                "site and log agree: they alone say nothing"
            )
            noticed[how] = kept.notices()
    assert not kept.notices(), "as it was before"
    assert noticed == dict.fromkeys(ATTACKS, True)


@pytest.mark.parametrize("how", ["the words of a change", "a change erased"])
def test_a_change_rewritten_is_caught(kept, how):
    before = kept.entries()
    change = Change.objects.filter(model="commitment").exclude(before={}).order_by("pk").first()
    [at] = [n for n, e in enumerate(before) if e["content"].get("change") == str(change.pk)]
    entry = LogEntry.objects.get(index=at)
    told = {name: words for name, words, _ in logged_things.revealed(change, kept.region, entry.content)}
    assert told["reason"] == "Genset dicuri"
    rows = Change.objects.filter(pk=change.pk)
    if how == "a change erased":
        rows._raw_delete(rows.db)
        kept.rebuild(before[:at] + before[at + 1 :])
    else:
        rows.update(why="Banjir")
        change = rows.get()
        shown = {name for name, *_ in logged_things.revealed(change, kept.region, entry.content)}
        assert "reason" not in shown, "the log is of other words"
        [forged] = [
            t for t in logged_things.things(kept.region, {}) if (t.kind, t.of) == ("change", entry.of)
        ]
        before[at] = {**before[at], "content": forged.content}
        kept.rebuild(before)
    assert kept.notices()


def test_whoever_only_rewrites_the_database_tells_so_in_the_log(kept):
    """Without touching the log: what was said stays, what is said now comes after it."""
    for how in ("another level", "a row removed", "another record of the meeting", "better scores"):
        size = kept.log.head()[0]
        ATTACKS[how]()
        assert logged.write(kept.region, kept.place / "key") >= 1, how
        assert kept.log.head()[0] > size
        assert logged.write(kept.region, kept.place / "key") == 0, how
    assert LogEntry.objects.filter(content__state="gone").count() == 1
    assert not kept.notices()


def test_honest_work_is_not_taken_for_an_attack(kept, person):
    keep(Commitment(village_code="99.01.01.2003", level="good", option="leo", year=2030), person("regency"))
    assert logged.write(kept.region, kept.place / "key") == 1
    assert not kept.notices()
    kept.rebuild(kept.entries())
    assert not kept.notices(), "the same entries give the same log"
    asked = ("exchange", "verify", kept.region / "log", "--key", kept.public, "--old", kept.checkpoint)
    merata(*asked)
    renamed(kept)
    assert "history was rewritten" in merata(*asked, code=3).stderr


def truncated(kept):
    for tile in (kept.region / "log/tile/entries").rglob("*.p/*"):
        tile.write_bytes(tile.read_bytes()[:-40])


def emptied(kept):
    shutil.rmtree(kept.region / "log")


def set_back(kept):
    kept.rebuild(kept.entries()[:2])


def renamed(kept):
    entries = kept.entries()
    kept.rebuild([entries[1], entries[0], *entries[2:]])


def another_key(kept):
    (kept.place / "key").unlink()
    keys.make(kept.place / "key", NAME, notes.LOG)
    kept.rebuild(kept.entries())


def put_between(kept):
    entries = kept.entries()
    kept.rebuild([*entries[:3], entries[3], *entries[3:]])


FILES = {
    "a tile cut short": truncated,
    "all of it gone": emptied,
    "set back to before": set_back,
    "two entries swapped": renamed,
    "one put between": put_between,
    "signed with another key": another_key,
}


def test_a_log_rewritten_in_its_files_is_caught(kept):
    noticed = {}
    for how, attack in FILES.items():
        with restored(kept):
            attack(kept)
            noticed[how] = kept.refused() or not kept.verified()
    assert noticed == dict.fromkeys(FILES, True)
