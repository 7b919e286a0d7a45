"""What may stand in the log: no secret of an address, and no text of others that looks like a line of its own."""

from __future__ import annotations

import logging
import re

#: Where an address holds a secret: the link of an invitation, of a forgotten password, and of
#: one's own report; and tokens themselves.
_SECRET = re.compile(r"(undangan/|lupa-sandi/[0-9A-Za-z]+-|(?:lapor|koreksi)/\w{8,12}/|merata_)[\w~.:-]{12,}")


class Harmless(logging.Filter):
    """Mends what is written; nothing is left out but secrets."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mend the record; all of them pass."""
        text = _SECRET.sub(r"\1…", record.getMessage())
        record.msg = "".join(sign if sign.isprintable() else "�" for sign in text)
        record.args = ()
        return True
