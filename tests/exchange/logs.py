"""Logs and keys for the tests of the log."""

from merata.exchange import leaves, notes
from merata.exchange.log import Log

ORIGIN = "contoh.example/log"
KEY = notes.SecretKey.of(ORIGIN, notes.LOG, b"k" * 32)
NEW_KEY = notes.SecretKey.of(ORIGIN, notes.LOG, b"n" * 32)
SEER = notes.SecretKey.of("seer.example", notes.WITNESS, b"w" * 32)


def leaf(number):
    return leaves.leaf(
        "commitment",
        "2026-03-03",
        "64.02",
        {"commitment": f"k-{number}", "state": "made", "owner": "dinas-kominfo", "village": "64.02.01.2001"},
    )


def some(count, first=0):
    return [leaf(number) for number in range(first, first + count)]


def add(log, count, key=KEY):
    """Append so many leaves and sign."""
    with log.writing() as writer:
        writer.append(some(count, writer.size))
        return writer.sign(key)


def made(folder, *counts):
    """A log with these appends, each of them signed."""
    log = Log(folder)
    for count in counts:
        add(log, count)
    return log
