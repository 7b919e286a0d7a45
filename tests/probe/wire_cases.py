"""Strategies of hypothesis for what goes over the wire."""

from hypothesis import strategies as st

from merata.probe import messages as m
from merata.probe.wire import Batch, Beat, Sending

KEY = bytes(range(32))


def texts(most: int):
    return st.text(
        st.characters(exclude_categories=("C", "Zl", "Zp", "Zs"), include_characters=" "), max_size=most
    )


def value(field: m.Field):
    known = {"event": m.EVENTS, "why": m.WHY}.get(field.name)
    if known:
        return st.sampled_from(list(known))
    if field.type is str:
        return texts(min(int(field.largest), 20)) | texts(20).map(lambda t: (t * 10)[: int(field.largest)])
    if field.type is int:
        some = st.integers(0, int(field.largest))
    else:
        some = st.integers(0, int(min(field.largest, 6553) * 10)).map(lambda tenths: tenths / 10)
    return st.none() | some if field.nullable else some


def values(kind: str):
    return st.fixed_dictionaries({f.name: value(f) for f in m.KINDS[kind]})


def message(kind: str, number=None):
    return st.builds(
        m.Message,
        number=st.integers(1, m.U32) if number is None else number,
        boot=st.integers(0, m.U32),
        up_ms=st.integers(0, m.U48),
        wall_s=st.integers(0, m.U32),
        kind=st.just(kind),
        values=values(kind),
    )


def sending():
    return st.builds(
        Sending,
        probe=st.integers(0, m.U32),
        boot=st.integers(0, m.U32),
        up_ms=st.integers(0, m.U48),
        wall_s=st.integers(0, m.U32),
        waiting=st.integers(0, m.U32),
        release=st.integers(0, m.U16),
    )


@st.composite
def beats(draw):
    one = draw(message("heartbeat"))
    late = draw(st.integers(0, min(m.U32, m.U48 - one.up_ms)))
    return Beat(draw(sending())._replace(boot=one.boot, up_ms=one.up_ms + late), one)


@st.composite
def batches(draw):
    numbers = sorted(draw(st.lists(st.integers(1, m.U32), min_size=1, max_size=6, unique=True)))
    kinds = st.sampled_from(list(m.KINDS))
    rows = [draw(message(draw(kinds), st.just(n))) for n in numbers]
    return Batch(draw(sending()), draw(st.integers(0, m.U32)), rows)
