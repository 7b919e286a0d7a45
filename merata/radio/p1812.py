"""Recommendation ITU-R P.1812-8 for one path: the loss from point to area, 30 MHz to 6 GHz, and every term of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

from merata.errors import InputError
from merata.radio import _p1812_profile as profile
from merata.radio import _p1812_terms as formulae
from merata.radio._p1812_check import Numbers, check_numbers, checked_profile, of_path

Polarization = Literal["vertical", "horizontal"]


class Term(NamedTuple):
    """One intermediate value, as the reference results name it."""

    name: str
    """Its key in `PathLoss.terms`."""
    label: str
    """What the reference results call it, with its unit."""
    equation: str
    """Where the reference results say that it is defined; label and equation are empty for what they do not have."""


#: Every value of `PathLoss.terms`, in order. Two rows of the reference results share their first word with another
#: quantity: those carry their equation in their name.
TERMS = tuple(
    Term(*row.strip().split(";"))
    for row in """
    d;d (km);
    dlt;dlt (km);Eq (78)
    dlr;dlr (km);Eq (81a)
    th_t;th_t (mrad);Eqs (76-78)
    th_r;th_r (mrad);Eqs (79-81)
    th;th (mrad);Eq (82)
    hts;hts (m);
    hrs;hrs (m);
    htc;htc (m);Table 5
    hrc;hrc (m);Table 5
    w;w;Table 5
    dtm;dtm (km);Sec 3.6
    dlm;dlm (km);Sec 3.6
    phi;phi (deg);Eq (4)
    b0;b0 (%);Eq (5)
    ae;ae (km);Eq (7a)
    hst;hst (m);Eq (85)
    hsr;hsr (m);Eq (86)
    hst_90a;hst (m);Eq (90a)
    hsr_90b;hsr (m);Eq (90b)
    hstd;hstd (m);Eq (89)
    hsrd;hsrd (m);Eq (89)
    htc_37a;htc (m);Eq (37a)
    hrc_37b;hrc (m);Eq (37b)
    hte;hte (m);Eq (92a)
    hre;hre (m);Eq (92b)
    hm;hm (m);Eq (93)
    Fi;Fi;Eq (40)
    Fj;Fj;Eq (57)
    Fk;Fk;Eq (58)
    Lbfs;Lbfs;Eq (8)
    Lb0p;Lb0p;Eq (10)
    Lb0b;Lb0b;Eq (11)
    Lbulla;Lbulla (dB);Eq (21)
    Lbulls;Lbulls (dB);Eq (21)
    Ldsph;Ldsph (dB);Eq (27)
    Ld50;Ld50 (dB);Eq (39)
    Ldb;Ldb (dB);Eq (39)
    Ldp;Ldp (dB);Eq (41)
    Lbd50;Lbd50 (dB);Eq (42)
    Lbd;Lbd (dB);Eq (43)
    Lbd_43;;
    Lminb0p;Lminb0p (dB);Eq (59)
    Lba;Lba (dB);Eq (46)
    Lminbap;Lminbap (dB);Eq (60)
    Lbda;Lbda (dB);Eq (61)
    Lbam;Lbam (dB);Eq (62)
    Lbs;Lbs (dB);Eq (44)
    Lbc;Lbc (dB);Eq (63)
    Lb;Lb (dB);Eq (69)
    Ep;Ep (dBuV/m);Eq (70)
    """.strip().splitlines()
)


@dataclass(frozen=True)
class PathLoss:
    """The loss of one path and how it came about."""

    loss_db: float
    """Basic transmission loss L_b, dB (69)."""
    terms: dict[str, float]
    """Every intermediate value by the name in `TERMS`: dB, km, m, mrad, degrees, % or a plain factor.

    `Lbulla`, `Lbulls` and `Ldsph` are those for the effective Earth radius of beta_0, as in the reference results.
    There, too, the row `Lbd` is written after (61) was applied to it, and so equals `Lbda`; L_bd of (43) itself is
    `Lbd_43`."""
    in_sight: bool
    """Whether the bare ground lets the two ends see each other at the median refraction."""


def basic_transmission_loss(
    distance_km: Numbers,
    height_m: Numbers,
    clutter_m: Numbers | None = None,
    zone: Numbers | None = None,
    *,
    frequency_ghz: float,
    tx_height_m: float,
    rx_height_m: float,
    polarization: Polarization = "vertical",
    tx_lat: float,
    tx_lon: float,
    rx_lat: float,
    rx_lon: float,
    time_percent: float = 50,
    location_percent: float = 50,
    location_sigma_db: float = 0,
    delta_n: float = 45,
    n0: float = 325,
    tx_coast_km: float = 500,
    rx_coast_km: float = 500,
    name: str = "",
) -> PathLoss:
    """Basic transmission loss not exceeded for a share of the time and of the places (ITU-R P.1812-8).

    Parameters
    ----------
    distance_km
        (points,) distance of each point from the transmitter, km: from 0, ever larger, three points at least.
    height_m
        (points,) height of the bare ground above sea level, m; a shore below the sea is allowed, a void is not.
    clutter_m
        (points,) representative height of what stands there, m; those of the first and last point do not count.
        None: nothing stands there.
    zone
        (points,) radio-meteorological zone: 1 sea, 3 coastal land, 4 inland. None: inland.
    frequency_ghz
        0.03 to 6 GHz.
    tx_height_m, rx_height_m
        Heights of the antennas above ground, 1 to 3000 m.
    polarization
        ``"vertical"`` or ``"horizontal"``.
    tx_lat, tx_lon, rx_lat, rx_lon
        Both ends, degrees; only the latitude of the middle matters.
    time_percent
        Share of the time, 1 to 50 %.
    location_percent
        Share of the places, more than 0 and less than 100 %.
    location_sigma_db
        Standard deviation between places, dB (see `location_sigma_db`); not applied to a receiver at sea.
    delta_n
        Fall of refractivity over the lowest kilometre, more than 0 and less than 157 N-units/km.
    n0
        Refractivity at sea level, N-units.
    tx_coast_km, rx_coast_km
        Over land to the coast from either end, km; taken as 0 for an end in zone 1.
    name
        Name of the path or site for error messages.

    Raises
    ------
    InputError
        A profile or number that the Recommendation does not hold for; names the value.

    Notes
    -----
    Building entry loss (ITU-R P.2109) is not part of it: see `merata.radio.building`.

    """
    d, h, clutter, zones = checked_profile(distance_km, height_m, clutter_m, zone, name)
    check_numbers(
        name,
        frequency_ghz=frequency_ghz, tx_height_m=tx_height_m, rx_height_m=rx_height_m, tx_lat=tx_lat, tx_lon=tx_lon,
        rx_lat=rx_lat, rx_lon=rx_lon, time_percent=time_percent, location_percent=location_percent,
        location_sigma_db=location_sigma_db, delta_n=delta_n, n0=n0, tx_coast_km=tx_coast_km, rx_coast_km=rx_coast_km,
    )  # fmt: skip
    if polarization not in ("vertical", "horizontal"):
        raise InputError(
            f"{of_path(name)}polarization is {polarization!r}; expected 'vertical' or 'horizontal'."
        )
    phi = profile.middle_latitude(tx_lat, tx_lon, rx_lat, rx_lon, float(d[-1]))
    ae, ab = formulae.effective_radii(delta_n)
    traced = profile.trace(
        d, h, clutter, zones, tx_height_m, rx_height_m, phi, ae, ab, tx_coast_km, rx_coast_km
    )
    band = formulae.band(frequency_ghz, polarization == "vertical")
    losses = formulae.assemble(band, traced.path, time_percent, n0, ae, ab)
    at_sea = bool(zones[-1] == profile.SEA)
    lb = formulae.final_loss(losses.lb0p, losses.lbc, location_percent, location_sigma_db, at_sea)
    terms = _path_terms(traced, phi, ae) | _loss_terms(losses)
    terms |= {"Lb": lb, "Ep": 199.36 + 20 * math.log10(frequency_ghz) - lb}  # (70)
    return PathLoss(lb, {term.name: float(terms[term.name]) for term in TERMS}, traced.in_sight)


def location_sigma_db(
    frequency_ghz: float, height_m: float, clutter_m: float = 0.0, width_m: float = 100.0
) -> float:
    """Standard deviation of the loss between places outdoors within one pixel, dB. Sections 4.8 and 4.10, (64) to (66).

    Parameters
    ----------
    frequency_ghz
        0.03 to 6 GHz.
    height_m
        Height of the receiving antenna above ground, m.
    clutter_m
        Representative height of what stands around it, m; 10 m above that and more there is no variation.
    width_m
        Side of the square that one prediction stands for, m.

    Raises
    ------
    InputError
        A number that is out of range; names the value.

    """
    check_numbers("", frequency_ghz=frequency_ghz, rx_height_m=height_m, clutter_m=clutter_m, width_m=width_m)
    return formulae.location_sigma(frequency_ghz, height_m, clutter_m, width_m)


def _path_terms(traced: profile.Traced, phi: float, ae: float) -> dict[str, float]:
    path = traced.path
    return {
        "d": path.d,
        "dlt": path.dlt,
        "dlr": path.dlr,
        "th_t": path.theta_t,
        "th_r": path.theta_r,
        "th": formulae.path_angle(path.d, path.theta_t, path.theta_r, ae),
        "hts": path.hts,
        "hrs": path.hrs,
        "htc": path.hts,
        "hrc": path.hrs,
        "w": path.omega,
        "dtm": traced.dtm,
        "dlm": path.dlm,
        "phi": phi,
        "b0": path.b0,
        "ae": ae,
        "hst": traced.hst,
        "hsr": traced.hsr,
        "hst_90a": path.hts - path.hte,
        "hsr_90b": path.hrs - path.hre,
        "hstd": path.hts - path.hte_d,
        "hsrd": path.hrs - path.hre_d,
        "htc_37a": path.hte_d,
        "hrc_37b": path.hre_d,
        "hte": path.hte,
        "hre": path.hre,
        "hm": path.hm,
    }


def _loss_terms(losses: formulae.Losses) -> dict[str, float]:
    """The losses by their names in the results: Lbfs of lbfs, and so on."""
    named = {field[0].upper() + field[1:]: value for field, value in losses._asdict().items()}
    return named | {"Lbd": losses.lbda, "Lbd_43": losses.lbd}
