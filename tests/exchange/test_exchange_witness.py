"""Witnesses: they cosign what continues, refuse forks and rollbacks with the reason; keys change hands."""

import asyncio
import contextlib
import functools
import http.server
import os
import shutil
import threading

import pytest
from logs import KEY, NEW_KEY, ORIGIN, SEER, add, made, some

from merata.assure.http import Request
from merata.errors import FileError
from merata.exchange import checkpoints, handover, notes, proofs, submit, verify, witness, witness_door
from merata.exchange.log import Log
from merata.exchange.policy import Policy
from merata.exchange.source import Address, Folder
from merata.exchange.tree import ProofError
from merata.exchange.witness import RefusedError, Witness

POLICY = Policy.parse(f"log {KEY.public}\nwitness seer {SEER.public}\nquorum seer\n")


def seer(folder, policy=POLICY):
    return Witness(SEER, policy, folder / "state", lambda: 1_772_500_000)


def growth(log, old):
    return proofs.growth(log.reader(), old, log.checkpoint())


@pytest.fixture
def log(tmp_path):
    return made(tmp_path / "log", 300)


def forked(tmp_path, count):
    """A second history, signed by the region's own key."""
    log = Log(tmp_path / "forked")
    with log.writing() as writer:
        writer.append([*some(100, 5000), *some(count - 100)])
        writer.sign(KEY)
    return log


def test_it_cosigns_what_continues(tmp_path, log):
    by = seer(tmp_path)
    cosigned(log, by.add(growth(log, 0)))
    assert POLICY.check(log.checkpoint()) == {"seer": 1_772_500_000}
    with pytest.raises(ProofError, match="too few"):
        POLICY.check(add(log, 5))
    cosigned(log, seer(tmp_path).add(growth(log, 300)))  # another process of the same witness
    assert POLICY.check(log.checkpoint()) == {"seer": 1_772_500_000}
    assert verify.log(log.source, POLICY).witnesses == {"seer": 1_772_500_000}
    assert by.add(growth(log, 305))  # asked again: the same answer


def cosigned(log, signature):
    with log.writing() as writer:
        writer.cosigned([signature], [SEER.public])


def test_it_refuses_forks_and_rollbacks_and_says_why(tmp_path, log):
    by = seer(tmp_path)
    first = growth(log, 0)
    by.add(first)
    for other, old, status, why in (
        (forked(tmp_path, 300), 300, 409, "history was rewritten"),
        (made(tmp_path / "shorter", 200), 0, 409, "entries were taken away"),
        (log, 0, 409, "Prove it from there"),
    ):
        with pytest.raises(RefusedError, match=why) as refused:
            by.add(growth(other, old))
        assert (refused.value.status, refused.value.size) == (status, 300)
    shutil.rmtree(tmp_path / "forked")
    with pytest.raises(RefusedError, match="history was rewritten") as refused:
        by.add(growth(forked(tmp_path, 400), 300))
    assert refused.value.status == 422
    for _ in range(3):  # wrong proofs of the same state are not kept again and again
        other = proofs.Growth(300, (os.urandom(32),), growth(Log(tmp_path / "forked"), 0).checkpoint)
        with pytest.raises(RefusedError):
            by.add(other)
    assert by.last(ORIGIN) == first.checkpoint
    # Both halves of each fork are kept, signed by the region itself.
    kept = list((tmp_path / "state" / witness.EVIDENCE).iterdir())
    assert len(kept) == 2
    assert all(each.read_text().count(f"— {ORIGIN} ") == 2 for each in kept)
    with pytest.raises(RefusedError, match="rewritten"):
        by.look(Folder(tmp_path / "forked"))


def test_it_knows_its_logs_by_their_keys(tmp_path, log):
    asked = growth(log, 0)
    stranger = notes.SecretKey.made("stranger.example/log", notes.LOG)
    thief = notes.SecretKey.made(ORIGIN, notes.LOG)
    by = seer(tmp_path)
    for key, status in ((stranger, 404), (thief, 403)):
        signed = checkpoints.signed(key, asked.checkpoint.size, asked.checkpoint.root)
        with pytest.raises(RefusedError) as refused:
            by.add(asked._replace(checkpoint=signed))
        assert refused.value.status == status
    with pytest.raises(RefusedError) as refused:
        by.add(asked._replace(old=301))
    assert refused.value.status == 400
    assert by.last(ORIGIN) is None


def test_what_it_signed_was_on_disk_before(tmp_path, log, monkeypatch):
    by = seer(tmp_path)
    monkeypatch.setattr("merata.exchange.written.settle", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        by.add(growth(log, 0))
    monkeypatch.undo()
    assert by.last(ORIGIN) is None
    by.add(growth(log, 0))
    next((tmp_path / "state").glob("*.checkpoint")).write_text("damaged")
    with pytest.raises(FileError, match="Take it from a copy"):
        by.add(growth(log, 0))


@pytest.mark.parametrize(("method", "path", "body", "status"), [
    ("GET", "/add-checkpoint", b"", 405), ("POST", "/", b"", 404), ("POST", "/add-checkpoint", b"nonsense", 400),
    ("POST", "/add-checkpoint", b"\xff", 400), ("POST", "/add-checkpoint", b"old 01\n\n", 400),
    ("POST", "/add-checkpoint", b"old 1\n" * 99, 400),
])  # fmt: skip
def test_its_door_answers_only_what_it_is_asked(tmp_path, method, path, body, status):
    with pytest.raises(witness_door.RefusedError) as refused:
        witness_door.answer(seer(tmp_path), Request(method, path, {}, body, 0))
    assert refused.value.status == status


def test_its_door_answers_as_the_protocol_says(tmp_path, log):
    def asked(log, old):
        body = str(growth(log, old)).encode()
        return witness_door.answer(seer(tmp_path), Request("POST", "/add-checkpoint", {}, body, 0))

    assert asked(log, 0).status == 200
    stale = asked(log, 0)
    assert (stale.status, stale.body, stale.headers["Content-Type"]) == (409, b"300\n", "text/x.tlog.size")
    assert asked(forked(tmp_path, 350), 300).status == 422


@contextlib.contextmanager
def open_door(by):
    """The address of a witness that answers in a thread of its own."""
    loop, ready, at = asyncio.new_event_loop(), threading.Event(), []

    def heard(port):
        at.append(port)
        ready.set()

    async def run():
        task.append(asyncio.current_task())
        with contextlib.suppress(asyncio.CancelledError):
            await witness_door.serve(by, "127.0.0.1", 0, heard)

    task = []
    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    ready.wait(10)
    try:
        yield f"http://127.0.0.1:{at[0]}"
    finally:
        loop.call_soon_threadsafe(task[0].cancel)
        thread.join(10)
        loop.close()


def test_over_http_a_log_finds_out_what_the_witness_saw(tmp_path, log):
    with open_door(seer(tmp_path)) as url:
        asked, signatures = submit.ask(log, url)
        assert asked.note.with_signatures(signatures).by([SEER.public]) == {SEER.public: 1_772_500_000}
        add(log, 77)
        assert submit.ask(log, url)[0].size == 377
        with pytest.raises(ProofError, match="rewritten"):
            submit.ask(forked(tmp_path, 377), url)
        with pytest.raises(ProofError, match="taken away"):
            submit.ask(made(tmp_path / "shorter", 20), url)
    with pytest.raises(FileError, match="no answer"):
        submit.ask(log, url)


def test_a_log_is_read_and_witnessed_where_it_is_served_as_files(tmp_path, log):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    add(log, 300)
    handler = functools.partial(Quiet, directory=log.folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        source = Address(f"http://127.0.0.1:{server.server_address[1]}/")
        assert verify.log(source, Policy.of(KEY.public)).size == 600
        assert seer(tmp_path).look(source)[0] == log.checkpoint()
        server.shutdown()


def test_addresses_other_than_http_are_not_asked():
    with pytest.raises(FileError, match="http"):
        Address("file:///etc").get("passwd")


# Keys


def key_proof(log, key, *, lost=False, signer=KEY):
    with log.writing() as writer:
        at = writer.append([handover.leaf("2026-05-01", "64.02", KEY.public, key.public, lost=lost)])
        signed = writer.sign(signer)
    return proofs.prove(log.reader(), at, signed)


def test_a_changed_key_is_followed_from_the_one_that_is_trusted(tmp_path, log):
    proof = key_proof(log, NEW_KEY)
    add(log, 3, NEW_KEY)
    trusted = Policy.of(KEY.public)
    with pytest.raises(ProofError, match="--handover"):
        verify.log(log.source, trusted)
    assert verify.log(log.source, trusted, handovers=[proof]).size == 304
    thief = notes.SecretKey.made(ORIGIN, notes.LOG)
    with pytest.raises(ProofError, match="not signed by a key"):
        verify.log(log.source, trusted, handovers=[key_proof(log, thief, signer=NEW_KEY)])
    other = proofs.prove(log.reader(), 5, log.checkpoint())
    with pytest.raises(FileError, match="of a commitment"):
        verify.log(log.source, trusted, handovers=[other])


def test_a_lost_key_is_followed_only_where_witnesses_saw_one_history(tmp_path, log):
    cosigned(log, seer(tmp_path).add(growth(log, 0)))
    proof = key_proof(log, NEW_KEY, lost=True, signer=NEW_KEY)
    with pytest.raises(ProofError, match="only witnesses"):
        handover.follow(Policy.of(KEY.public), [proof])
    with pytest.raises(ProofError, match="too few witnesses"):
        handover.follow(POLICY, [proof])
    # Whoever keeps the witness was told by the region, in person, and has put the new key into its policy.
    told = Policy.parse(f"log {KEY.public}\nlog {NEW_KEY.public}\nquorum none")
    cosigned(log, seer(tmp_path, told).add(growth(log, 300)))
    proof = proofs.prove(log.reader(), 300, log.checkpoint())
    assert handover.follow(POLICY, [proof]) == [NEW_KEY.public]
    assert verify.log(log.source, POLICY, handovers=[proof]).witnesses == {"seer": 1_772_500_000}


def test_keys_of_two_logs_do_not_follow_each_other():
    with pytest.raises(FileError, match="one log"):
        handover.leaf("2026-05-01", "64.02", KEY.public, SEER.public)
