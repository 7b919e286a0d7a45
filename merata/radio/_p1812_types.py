"""What the formulae of Recommendation ITU-R P.1812-8 take and give: a band, a path and its edges, the losses.

The names are the Recommendation's symbols, in small letters. Named tuples, because kernels take them apart for free.
"""

from __future__ import annotations

from typing import NamedTuple


class Band(NamedTuple):
    """What depends on frequency and polarisation alone: worked out once, used for every path."""

    f: float
    """Frequency, GHz."""
    wavelength: float
    """Wavelength, m."""
    edge: float
    """The square root of 0.002 / wavelength: from a clearance to the parameter nu of (15)."""
    root: float
    """Cube root of the frequency."""
    free_db: float
    """The part of (8) that depends on frequency, dB."""
    tropo_db: float
    """L_f of (45), dB."""
    duct_db: float
    """The part of A_f of (47) that depends on frequency alone, A_lf of (47a) included, dB."""
    land: float
    """The part of the surface admittance K of (29) that depends on frequency alone, over land."""
    sea: float
    """The same over the sea."""


class Edge(NamedTuple):
    """The three maxima along a profile that Bullington's construction needs, for one effective Earth radius (4.3.1)."""

    stim: float
    """S_tim of (13): the steepest slope seen from the transmitter, m/km."""
    srim: float
    """S_rim of (17): the steepest slope seen from the receiver, m/km. Counts only where S_tim reaches S_tr."""
    worst: float
    """The largest of (15) without the wavelength: height above the ray, m, times the root of d / (d_i (d - d_i)).

    Counts only where S_tim stays below S_tr."""


class Path(NamedTuple):
    """What the formulae need to know of a path; none of it depends on frequency."""

    d: float
    """Length, km."""
    hts: float
    """Height of the transmitter above sea level, m."""
    hrs: float
    """Height of the receiver above sea level, m."""
    hte_d: float
    """Height of the transmitter above the smooth surface of the diffraction model, m (37a)."""
    hre_d: float
    """The same of the receiver, m (37b)."""
    hte: float
    """Height of the transmitter above the smooth surface of the ducting model, m (94a)."""
    hre: float
    """The same of the receiver, m (94b)."""
    hm: float
    """Roughness of the terrain, m (95)."""
    dlt: float
    """From the transmitter to its horizon, km (80)."""
    dlr: float
    """From the receiver to its horizon, km (83)."""
    theta_t: float
    """Elevation of the transmitter's horizon, mrad (79)."""
    theta_r: float
    """Elevation of the receiver's horizon, mrad (82)."""
    omega: float
    """Share of the path over the sea, 0 to 1 (table 5)."""
    dlm: float
    """The longest stretch of inland, km (3.6)."""
    b0: float
    """beta_0: share of the time with strong refraction near the ground, % (5)."""
    dct: float
    """Over land from the transmitter to the coast, km."""
    dcr: float
    """The same from the receiver, km."""
    rough: Edge
    """The profile with its clutter, for the median effective Earth radius a_e."""
    smooth: Edge
    """The same with all heights zero and the ends at `hte_d` and `hre_d` (4.3.4)."""
    rough_b: Edge
    """The profile with its clutter, for the effective Earth radius a_beta."""
    smooth_b: Edge
    """The smooth profile for a_beta."""


class Losses(NamedTuple):
    """The loss and the terms that it was made of, in the Recommendation's names; dB, but for the factors F."""

    fi: float
    fj: float
    fk: float
    lbfs: float
    lb0p: float
    lb0b: float
    lbulla: float
    """For the effective Earth radius a_beta, as the reference log has it; so are lbulls and ldsph."""
    lbulls: float
    ldsph: float
    ld50: float
    ldb: float
    ldp: float
    lbd50: float
    lbd: float
    lminb0p: float
    lba: float
    lminbap: float
    lbda: float
    lbam: float
    lbs: float
    lbc: float
