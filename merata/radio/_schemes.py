"""The schemes of modulation and coding of 4G and 5G, as 3GPP's tables list them: bits per symbol and code rate."""

from __future__ import annotations

from typing import NamedTuple


class Scheme(NamedTuple):
    """One row of a table."""

    bits: int
    """Bits in a symbol: 2 QPSK, 4 16QAM, 6 64QAM, 8 256QAM."""
    code_rate_1024: float
    """Of 1024 bits sent, how many carry the message."""

    @property
    def efficiency(self) -> float:
        """Bits of message for each symbol (bit/s/Hz)."""
        return self.bits * self.code_rate_1024 / 1024


def _schemes(*groups: tuple[int, tuple[float, ...]]) -> tuple[Scheme, ...]:
    return tuple(Scheme(bits, rate) for bits, rates in groups for rate in rates)


_QPSK, _16QAM, _64QAM, _256QAM = 2, 4, 6, 8

#: Table -> its rows from the sturdiest to the fastest, the index 0 of a CQI table ("out of range") left out.
SCHEMES: dict[str, tuple[Scheme, ...]] = {
    # TS 36.213 table 7.2.3-1; the same as TS 38.214 table 5.2.2.1-2.
    "cqi 64qam": _schemes(
        (_QPSK, (78, 120, 193, 308, 449, 602)),
        (_16QAM, (378, 490, 616)),
        (_64QAM, (466, 567, 666, 772, 873, 948)),
    ),
    # TS 36.213 table 7.2.3-2; the same as TS 38.214 table 5.2.2.1-3.
    "cqi 256qam": _schemes(
        (_QPSK, (78, 193, 449)),
        (_16QAM, (378, 490, 616)),
        (_64QAM, (466, 567, 666, 772, 873)),
        (_256QAM, (711, 797, 885, 948)),
    ),
    # TS 38.214 table 5.2.2.1-4, for one lost block in 100,000.
    "cqi low": _schemes(
        (_QPSK, (30, 50, 78, 120, 193, 308, 449, 602)),
        (_16QAM, (378, 490, 616)),
        (_64QAM, (466, 567, 666, 772)),
    ),
    # TS 38.214 table 5.1.3.1-1.
    "mcs 64qam": _schemes(
        (_QPSK, (120, 157, 193, 251, 308, 379, 449, 526, 602, 679)),
        (_16QAM, (340, 378, 434, 490, 553, 616, 658)),
        (_64QAM, (438, 466, 517, 567, 616, 666, 719, 772, 822, 873, 910, 948)),
    ),
    # TS 38.214 table 5.1.3.1-2.
    "mcs 256qam": _schemes(
        (_QPSK, (120, 193, 308, 449, 602)),
        (_16QAM, (378, 434, 490, 553, 616, 658)),
        (_64QAM, (466, 517, 567, 616, 666, 719, 772, 822, 873)),
        (_256QAM, (682.5, 711, 754, 797, 841, 885, 916.5, 948)),
    ),
    # TS 38.214 table 5.1.3.1-3.
    "mcs low": _schemes(
        (_QPSK, (30, 40, 50, 64, 78, 99, 120, 157, 193, 251, 308, 379, 449, 526, 602)),
        (_16QAM, (340, 378, 434, 490, 553, 616)),
        (_64QAM, (438, 466, 517, 567, 616, 666, 719, 772)),
    ),
}

#: Resource blocks by width of the carrier, MHz: TS 36.101 table 5.6-1.
LTE_BLOCKS = {1.4: 6, 3.0: 15, 5.0: 25, 10.0: 50, 15.0: 75, 20.0: 100}
#: The same for 5G, by subcarrier spacing, kHz: TS 38.101-1 table 5.3.2-1.
NR_BLOCKS = {
    15: {5.0: 25, 10.0: 52, 15.0: 79, 20.0: 106, 25.0: 133, 30.0: 160, 40.0: 216, 50.0: 270},
    30: {
        5.0: 11, 10.0: 24, 15.0: 38, 20.0: 51, 25.0: 65, 30.0: 78, 40.0: 106, 50.0: 133,
        60.0: 162, 70.0: 189, 80.0: 217, 90.0: 245, 100.0: 273,
    },
}  # fmt: skip
