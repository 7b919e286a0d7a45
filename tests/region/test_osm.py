"""OpenStreetMap: real PBF files, written here bit by bit, come in as ways, facilities, sites and settlements."""

import itertools
import zlib
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from within import processor_seconds

from merata.errors import FileError
from merata.region import osm
from merata.region.records import Source

BORDER = shapely.box(116.0, -1.0, 117.0, 1.0)


# A writer of the PBF format, as the OpenStreetMap wiki describes it


def varint(value: int) -> bytes:
    out = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)


def zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def block(field: int, data: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(data)) + data


def packed(field: int, values) -> bytes:
    return block(field, b"".join(varint(value) for value in values))


def deltas(values):
    return [zigzag(b - a) for a, b in itertools.pairwise([0, *values])]


def blob(kind: bytes, raw: bytes) -> bytes:
    data = number(2, len(raw)) + block(3, zlib.compress(raw))
    header = block(1, kind) + number(3, len(data))
    return len(header).to_bytes(4, "big") + header + data


class Map:
    """Nodes, ways and relations, with their tags."""

    def __init__(self):
        self.texts, self.nodes, self.ways, self.relations = [""], [], [], []

    def _tags(self, tags: dict[str, str]) -> bytes:
        def index(text: str) -> int:
            if text not in self.texts:
                self.texts.append(text)
            return self.texts.index(text)

        return packed(2, map(index, tags)) + packed(3, map(index, tags.values())) if tags else b""

    def node(self, lon: float, lat: float, **tags: str) -> int:
        at = number(8, zigzag(round(lat * 1e7))) + number(9, zigzag(round(lon * 1e7)))
        self.nodes.append(number(1, zigzag(len(self.nodes) + 1)) + self._tags(_keys(tags)) + at)
        return len(self.nodes)

    def way(self, *places: tuple[float, float], **tags: str) -> int:
        refs = [self.node(*place) for place in places]
        if places[0] == places[-1]:
            refs[-1] = refs[0]
        self.ways.append(number(1, len(self.ways) + 1) + self._tags(_keys(tags)) + packed(8, deltas(refs)))
        return len(self.ways)

    def multipolygon(self, way: int, **tags: str) -> None:
        of = self._tags(_keys(tags | {"type": "multipolygon"}))
        self.texts.append("outer") if "outer" not in self.texts else None
        members = packed(8, [self.texts.index("outer")]) + packed(9, deltas([way])) + packed(10, [1])
        self.relations.append(number(1, len(self.relations) + 1) + of + members)

    def encoded(self) -> bytes:
        kinds = ((1, self.nodes), (3, self.ways), (4, self.relations))
        groups = [block(2, b"".join(block(field, row) for row in rows)) for field, rows in kinds if rows]
        texts = block(1, b"".join(block(1, text.encode()) for text in self.texts))
        head = block(4, b"OsmSchema-V0.6")
        return blob(b"OSMHeader", head) + blob(
            b"OSMData", texts + b"".join(groups) + number(17, 1) * 0 + number(17, 100)
        )


def _keys(tags: dict[str, str]) -> dict[str, str]:
    return {key.replace("__", ":"): value for key, value in tags.items()}


def read(tmp_path: Path, of: Map, border=BORDER):
    path = tmp_path / "kalimantan.osm.pbf"
    path.write_bytes(of.encoded())
    return osm.read(Source(path.name, path, "2025-03-01"), border)


def square(lon: float, lat: float, side: float = 0.01):
    return [(lon, lat), (lon + side, lat), (lon + side, lat + side), (lon, lat + side), (lon, lat)]


@pytest.mark.slow
def test_roads_rivers_and_power_lines_come_in_with_their_class(tmp_path):
    m = Map()
    m.way((116.1, 0.1), (116.2, 0.1), highway="tertiary", name="Jalan Poros")
    m.way((116.1, 0.2), (116.2, 0.2), waterway="river", name="Sungai Belayan")
    m.way((116.1, 0.3), (116.2, 0.3), power="minor_line", voltage="20000")
    m.way((116.1, 0.4), (116.2, 0.4), highway="footway")
    m.way((116.1, 0.5), (116.2, 0.5), waterway="ditch")
    ways = read(tmp_path, m).tables["ways"]
    assert ways[["id", "kind", "grade"]].values.tolist() == [
        ["osm/way/1", "road", "tertiary"],
        ["osm/way/2", "river", "river"],
        ["osm/way/3", "power line", "minor_line"],
    ]
    assert ways["name"].fillna("").tolist() == ["Jalan Poros", "Sungai Belayan", ""]
    assert set(ways["known_by"]) == {"reported"}
    assert ways.geometry.iloc[0].equals_exact(shapely.LineString([(116.1, 0.1), (116.2, 0.1)]), 1e-6)


@pytest.mark.slow
def test_a_way_is_cut_at_the_regions_box_and_its_pieces_keep_its_name(tmp_path):
    m = Map()
    m.way((115, 0), (116.5, 0), (116.5, 3), (116.7, 3), (116.7, 0), highway="primary", name="Jalan Negara")
    ways = read(tmp_path, m).tables["ways"]
    assert ways["id"].tolist() == ["osm/way/1", "osm/way/1/2"]
    assert ways["name"].tolist() == ["Jalan Negara"] * 2
    box = shapely.box(*BORDER.bounds).buffer(0.05, join_style="mitre")
    whole = shapely.LineString([(115, 0), (116.5, 0), (116.5, 3), (116.7, 3), (116.7, 0)])
    assert shapely.union_all(ways.geometry).length == pytest.approx(whole.intersection(box).length, abs=1e-5)


FACILITIES = [
    ({"amenity": "school", "name": "SDN 004"}, "school"),
    ({"amenity": "clinic", "name": "Puskesmas"}, "health post"),
    ({"amenity": "health_post"}, "health post"),
    ({"amenity": "marketplace"}, "market"),
    ({"amenity": "townhall", "name": "Kantor Desa Muara Enggelam"}, "village office"),
    ({"office": "government", "name": "Kantor Kecamatan Tabang"}, "district office"),
    ({"office": "government", "name": "Kantor Camat"}, "district office"),
    ({"office": "government", "name": "BALAI DESA"}, "village office"),
    ({"office": "government", "name": "Dinas Perikanan"}, "other"),
    ({"office": "government"}, "other"),
]


@pytest.mark.parametrize("area", [False, True])
@pytest.mark.slow
def test_facilities_come_in_as_points_and_as_areas(tmp_path, area):
    m = Map()
    for n, (tags, _) in enumerate(FACILITIES):
        if area:
            m.way(*square(116.1 + n / 20, 0.5), building="yes", **tags)
        else:
            m.node(116.105 + n / 20, 0.505, **tags)
    found = read(tmp_path, m).tables["facilities"].set_index("id")
    assert len(found) == len(FACILITIES)
    for n, (tags, kind) in enumerate(FACILITIES):
        row = found.loc[f"osm/{'way' if area else 'node'}/{n + 1}"]
        assert row["kind"] == kind
        assert (row["name"] if "name" in tags else None) == tags.get("name")
        assert shapely.Polygon(square(116.1 + n / 20, 0.5)).contains(row.geometry)


@pytest.mark.slow
def test_a_school_mapped_as_point_and_area_counts_once(tmp_path):
    m = Map()
    m.node(116.505, 0.505, amenity="school", name="SDN 004")
    m.node(116.505, 0.505, amenity="clinic")
    m.node(116.7, 0.505, amenity="school")
    m.way(*square(116.5, 0.5), amenity="school", name="SDN 004")
    understood = read(tmp_path, m)
    assert understood.tables["facilities"]["id"].tolist() == ["osm/node/2", "osm/node/3", "osm/way/1"]
    assert "Mapped twice, as a point and as the area around it: 1 facility." in [
        f.what for f in understood.findings
    ]


@pytest.mark.slow
def test_a_relation_is_named_as_one(tmp_path):
    m = Map()
    m.multipolygon(m.way(*square(116.5, 0.5)), amenity="hospital", name="RSUD")
    assert read(tmp_path, m).tables["facilities"]["id"].tolist() == ["osm/relation/1"]


@pytest.mark.slow
def test_masts_come_in_with_height_operator_and_technologies(tmp_path):
    m = Map()
    m.node(
        116.1,
        0,
        man_made="mast",
        tower__type="communication",
        height="42 m",
        operator="Telkomsel",
        ref="TGR01",
    )
    m.node(
        116.2, 0, man_made="tower", communication__lte="yes", communication__gsm="yes", communication__5g="no"
    )
    m.node(116.3, 0, man_made="tower", tower__type="observation")
    m.node(116.4, 0, man_made="mast", communication__mobile_phone="no")
    m.way(*square(116.5, 0), man_made="communications_tower", name="Menara")
    m.node(116.6, 0, telecom="exchange", operator="Telkom")
    m.node(117.04, 0, man_made="communications_tower")
    m.node(117.06, 0, man_made="communications_tower")
    sites = read(tmp_path, m).tables["sites"].set_index("id")
    assert sites["kind"].to_dict() == {
        "osm/node/1": "tower",
        "osm/node/2": "tower",
        "osm/node/10": "point of presence",
        "osm/node/11": "tower",  # just outside: it may still reach in
        "osm/way/1": "tower",
    }
    assert sites.loc["osm/node/1", ["name", "operator", "height_m"]].tolist() == ["TGR01", "Telkomsel", 42]
    assert sites.loc["osm/node/2", "technologies"] == "2G 4G"
    assert sites.loc["osm/way/1", "name"] == "Menara"


@pytest.mark.slow
def test_hamlets_are_settlements_without_people_and_outlines_of_villages_are_not(tmp_path):
    m = Map()
    m.node(116.5, 0.5, place="hamlet", name="Dusun Baru", population="120")
    m.way(*square(116.6, 0.5), place="isolated_dwelling")
    m.way(*square(116.7, 0.5), place="village", boundary="administrative")
    m.node(116.5, 0.7, place="city")
    m.node(118.5, 0.7, place="hamlet")
    found = read(tmp_path, m).tables["settlements"]
    assert found["id"].tolist() == ["osm/node/1", "osm/way/1"]
    assert found["name"].fillna("").tolist() == ["Dusun Baru", ""]
    assert found["people"].isna().all()


@pytest.mark.slow
def test_nothing_in_the_region_is_told(tmp_path):
    m = Map()
    m.node(10, 50, amenity="school")
    m.way((10, 50), (11, 50), highway="primary")
    understood = read(tmp_path, m)
    assert understood.tables == {}
    assert understood.findings[0].severity == "error"
    assert len(read(tmp_path, m, border=None).tables) == 2


@pytest.mark.slow
def test_nodes_out_of_order_are_read_too(tmp_path):
    m = Map()
    m.way((116.1, 0.1), (116.2, 0.1), (116.3, 0.1), highway="primary")
    m.nodes.reverse()
    ways = read(tmp_path, m).tables["ways"]
    assert ways.geometry.iloc[0].length == pytest.approx(0.2, abs=1e-6)


ODD = ['PT "Maju" Jaya', "back\\slash", 'end\\"', '"=>"', "a,b", "Kutai Kartanegara · ꦗꦮ", "'", "a\tb"]


@pytest.mark.slow
def test_any_name_comes_back(tmp_path):
    m = Map()
    for n, name in enumerate(ODD):
        m.node(116.1 + n / 100, 0, telecom="exchange", operator=name)
    sites = read(tmp_path, m).tables["sites"]
    assert sites["operator"].tolist() == ODD


texts = st.text(max_size=12)


@given(st.dictionaries(texts, texts, max_size=5))
def test_tags_come_back_from_the_text_that_gdal_makes_of_them(tags):
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    assert osm.tags_of(",".join(f"{quoted(key)}=>{quoted(value)}" for key, value in tags.items())) == tags


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("45", 45),
        ("45 m", 45),
        ("45.5m", 45.5),
        ("45,5", 45.5),
        ("150 ft", 45.7),
        ("100'", 30.5),
        ("tall", None),
        ("0", None),
        ("9000", None),
        (None, None),
    ],
)
def test_heights_as_mappers_write_them(text, metres):
    assert osm.metres_of(text) == metres


def test_recognises_by_content(tmp_path):
    path = tmp_path / "x"
    for content, mine in (
        (Map().encoded(), True),
        (b"", False),
        (b"<osm>", False),
        (b"\x00\x00\x00\x0e\n\x07OSMData", False),
    ):
        path.write_bytes(content)
        assert osm.recognises(path, "x") is mine


def test_a_cut_file_is_refused_at_any_byte(tmp_path):
    m = Map()
    for n in range(50):
        m.node(116 + n / 100, 0.5, amenity="school", name=f"SDN {n}")
    whole, path = m.encoded(), tmp_path / "cut.osm.pbf"
    for keep in [*range(0, len(whole), 37), len(whole) - 1]:
        path.write_bytes(whole[:keep])
        if keep == len(blob(b"OSMHeader", block(4, b"OsmSchema-V0.6"))):
            continue
        with pytest.raises(FileError, match=r"cut.osm.pbf"):
            osm.read(Source(path.name, path, "2025-01-01"), BORDER)


def test_damage_inside_is_refused(tmp_path):
    m = Map()
    for n in range(50):
        m.node(116 + n / 100, 0.5, amenity="school", name=f"SDN {n}")
    whole, path = bytearray(m.encoded()), tmp_path / "damaged.osm.pbf"
    whole[len(whole) // 2] ^= 0xFF
    path.write_bytes(whole)
    with pytest.raises(FileError, match=r"damaged.osm.pbf: damaged"):
        osm.read(Source(path.name, path, "2025-01-01"), BORDER)


def test_a_swollen_file_is_refused_at_once(tmp_path):
    path = tmp_path / "bomb.osm.pbf"
    bomb = blob(b"OSMData", bytes(32 << 20))
    path.write_bytes(Map().encoded() + bomb * 20)
    with processor_seconds(30), pytest.raises(FileError, match="times its size"):
        osm.read(Source(path.name, path, "2025-01-01"), BORDER)
