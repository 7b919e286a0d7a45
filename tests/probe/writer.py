"""A probe's store in a process of its own, for tests that kill it: prints the number of each message once it is safe.

python writer.py FOLDER FIRST [LARGEST_FILE_BYTES]
"""

import resource
import sys
from pathlib import Path

from merata.probe.kept import load
from merata.probe.lock import Lock
from merata.probe.store import Row, Store

NOTHING = dict.fromkeys(("centre_ms", "centre_lost", "outside1_ms", "outside2_ms", "outside_lost", "dns_ms"))


def row(i: int) -> Row:
    return Row(1, i, i, "heartbeat", {**NOTHING, "flags": 0, "clients": None, "rx_kb": i, "tx_kb": None})


def main() -> None:
    folder, first = Path(sys.argv[1]), int(sys.argv[2])
    if len(sys.argv) > 3:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
    kept = load(folder)
    lock = Lock(folder)
    store = Store(folder, kept.stores, kept.begin_store)
    for i in range(first, first + 100_000):
        number = store.put(row(i))
        print(number if number else "none", i, flush=True)
    lock.close()


if __name__ == "__main__":
    main()
