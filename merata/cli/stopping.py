"""Ctrl-C and SIGTERM: the first one while a plan is searched ends the search; any other ends the command."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from merata.cli import screen
from merata.errors import StoppedError
from merata.plan.stop import Stop, heeding

#: What a command that was stopped ends with, as a shell has it.
CODE = StoppedError.exit_code
STOPPED = "Stopped. Nothing was changed by this command."
_STOPPING = "Stopping: the best plan so far is taken. Ctrl-C again stops everything."


@contextmanager
def stoppable() -> Iterator[None]:
    """Take the signals while a command runs, but one that is ignored, as in a job in the background."""
    stop = Stop(_told)
    main = threading.current_thread() is threading.main_thread()  # others can't take any
    signals = (signal.SIGINT, signal.SIGTERM) if main else ()
    taken = [number for number in signals if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, stop) for number in taken}
    try:
        with heeding(stop):
            yield
    except SystemExit as end:
        # All that typer makes of a Ctrl-C, without a word.
        if end.code == CODE:
            raise KeyboardInterrupt from None
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _told() -> None:
    # By itself: the signal may have come in the middle of something being printed.
    threading.Thread(target=lambda: screen.err.print(_STOPPING, markup=False, highlight=False)).start()
