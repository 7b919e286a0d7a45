"""What microwave radios can do, by band: declared data, typical of makers' data sheets and `assumed`."""

from __future__ import annotations

from typing import NamedTuple


class Band(NamedTuple):
    """One band for hops."""

    frequency_ghz: float
    """Its middle."""
    bandwidth_mhz: float
    """Width of the channel that is usual in it."""
    power_dbm: float
    """Sending power at the sturdiest modulation."""
    noise_figure_db: float
    antennas_m: tuple[float, ...]
    """Diameters that are sold for it, from the smallest."""


class Modulation(NamedTuple):
    """One way of putting bits on the air."""

    name: str
    bits: int
    """Bits in a symbol."""
    snr_db: float
    """Signal over noise for one wrong bit in a million, after coding."""
    backoff_db: float
    """How much less than at the sturdiest a transmitter may send."""
    signature_db: float
    """Depth of the notch in the channel that the receiver just bears (P.530 section 5.1)."""


#: From the lowest to the highest; their channels follow the ITU-R F series.
BANDS = (
    Band(6.2, 28.0, 29.0, 5.0, (1.2, 1.8, 2.4, 3.0)),
    Band(7.5, 28.0, 29.0, 5.0, (0.6, 1.2, 1.8, 2.4, 3.0)),
    Band(11.0, 40.0, 28.0, 5.0, (0.6, 1.2, 1.8)),
    Band(13.0, 28.0, 26.0, 5.0, (0.6, 1.2, 1.8)),
    Band(15.0, 28.0, 26.0, 5.0, (0.3, 0.6, 1.2, 1.8)),
    Band(18.7, 55.0, 24.0, 6.0, (0.3, 0.6, 1.2, 1.8)),
    Band(23.0, 56.0, 23.0, 6.0, (0.3, 0.6, 1.2)),
    Band(38.0, 56.0, 19.0, 7.0, (0.3, 0.6)),
    Band(80.0, 500.0, 17.0, 9.0, (0.3, 0.6)),
)

#: From the sturdiest to the fastest.
MODULATIONS = (
    Modulation("QPSK", 2, 7.0, 0.0, 25.0),
    Modulation("16QAM", 4, 13.5, 1.0, 23.0),
    Modulation("64QAM", 6, 19.5, 2.5, 21.0),
    Modulation("256QAM", 8, 25.5, 4.0, 19.0),
    Modulation("1024QAM", 10, 31.5, 6.0, 17.0),
)

#: Part of bandwidth times bits that is left as rate after coding, filters and frames.
RATE_SHARE = 0.82
#: Thermal noise, dBm in 1 MHz.
NOISE_DBM_PER_MHZ = -114.0
#: What cables, radomes and pointing take at both ends together, dB.
FITTING_DB = 2.0
#: Gain of a dish is 17.8 + 20 log10(diameter in m × GHz) dBi: 55 % of its face works (ITU-R F.699).
DISH_DBI = 17.8
