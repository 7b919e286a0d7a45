"""Appends to a log until it is killed; says each time how much is in it for sure."""

import sys
from pathlib import Path

from merata.exchange.log import Log

folder, batch = Path(sys.argv[1]), int(sys.argv[2])
with Log(folder).writing() as writer:
    while True:
        writer.append([b"entry %d" % number for number in range(writer.size, writer.size + batch)])
        sys.stdout.write(f"{writer.size}\n")
        sys.stdout.flush()
