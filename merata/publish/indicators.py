"""The register of indicators, declared once: what each is, how it is reckoned, from what, and who answers for it.

The fields are those that Satu Data Indonesia asks for: concept, definition, classification, measure and unit (the data
standard of Presidential Regulation 39/2019, article 5, and BPS Regulation 4/2020), and the baku metadata of a
statistical indicator (form MS-Ind of BPS Regulation 5/2020): name, concept, definition, interpretation, method and
formula, measure, unit, presentation classes, whether composite, its building variables and the activity that yields
them, level of estimation, whether open to the public.
"""

# ruff: noqa: E501 — declared data: one text a line reads better than a folded one.
from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

Both = tuple[str, str]
"""A text in Indonesian and in English."""
Unit = Literal[
    "people", "households", "villages", "facilities", "points", "share", "index", "Mbit/s", "ms", "IDR"
]
Area = Literal["region", "district", "village"]
Class = Literal["level", "sector", "technology", "sex"]
#: Generations of mobile networks, as SDG 9.c.1 tells them apart: each counts with the newer ones.
TECHNOLOGIES = ("2G", "3G", "4G", "5G")

#: What a class of the breakdowns has besides its words: the sum over all of them.
TOTAL = "_T"
_OFFICE = (
    "Dinas komunikasi dan informatika kabupaten/kota",
    "The regency's or city's agency of communication and informatics",
)
_RUN = ("Rencana dan akses (merata run)", "Access and plan (merata run)")
_SITE = ("Papan janji situs wilayah", "The board of promises of the region's site")
_SCORE = ("Pengukuran titik layanan (merata score)", "Measurements of service points (merata score)")


@dataclass(frozen=True)
class Indicator:
    """One indicator with its metadata; texts in Indonesian and English."""

    code: str
    """Reference code: never used again for anything else."""
    name: Both
    concept: Both
    definition: Both
    interpretation: Both
    formula: Both
    measure: Both
    """What kind of number it is (ukuran)."""
    unit: Unit
    classes: tuple[Class, ...]
    """What it is broken down by."""
    areas: tuple[Area, ...]
    """Level of estimation: the smallest places that it is given for."""
    source: Both
    """The statistical activity that yields it."""
    variables: Both
    """The variables that it is built from."""
    frequency: Literal["A", "M"]
    """Yearly or monthly (SDMX CL_FREQ)."""
    uncertainty: Both
    """What the interval from low to high means."""
    group: Literal["access", "inequality", "quality", "money", "global", "village index"]
    counts_people: bool = False
    """Whether it counts people or households, so that small numbers are kept back."""
    composite: bool = False
    reference: str = ""
    """Its code elsewhere, such as in the global framework of the SDGs."""
    office: Both = _OFFICE
    public: bool = True
    version: int = 1
    """Goes up with every change of concept, definition, formula or class: the series breaks there."""
    changed: Both = ("", "")
    """What the last change of the definition was."""

    @property
    def headline(self) -> dict[str, str]:
        """Classes of the one number that stands for the indicator, where that is not the one of all together."""
        return {"technology": "4G"} if "technology" in self.classes else {}

    @property
    def parts(self) -> tuple[Class, ...]:
        """Classes by which its one number is told in parts."""
        return tuple(name for name in self.classes if name in ("technology", "sex"))


_EXACT = (
    "Hitungan; tingkat layanan tiap permukiman adalah yang paling mungkin, tanpa rentang.",
    "A count; each settlement's level is the likeliest, without an interval.",
)
_NINETY_FIVE = (
    "Rentang 95% dari peluang tiap tempat; yang keliru di satu desa dianggap keliru bersama.",
    "95% interval from each place's chance; what is wrong in one village is taken to be wrong together.",
)
_WILSON = ("Rentang 95% (Wilson 1927).", "95% interval (Wilson 1927).")
_ORDER = (
    "Rentang 95% dari urutan titik (statistik tataan).",
    "95% interval by order statistics of the points.",
)
_KNOWN_TIME = (
    "Dari “waktu yang tidak diketahui dianggap mati” sampai “dianggap hidup”, dengan tepi gangguan yang tak pasti (95%).",
    "From unknown time counted as down to counted as up, with how unsure the edges of outages are (95%).",
)
_LEVELS = (
    "Tingkat layanan: tidak ada, dasar, layak, baik; angkanya menurut pengaturan wilayah.",
    "Service levels: none, basic, working, good; their numbers are in the region's settings.",
)
_PEOPLE = (
    "penduduk per permukiman; peluang tiap tingkat layanan",
    "people by settlement; chance of each service level",
)

INDICATORS: dict[str, Indicator] = {
    one.code: one
    for one in (
        Indicator(
            "PEOPLE_LEVEL", ("Penduduk menurut tingkat layanan internet", "People by level of internet service"),
            _LEVELS,
            ("Banyaknya penduduk yang tinggal di permukiman dengan tingkat layanan itu pada tanggal rujukan.", "Number of people who live in settlements that have the level on the reference date."),
            ("Makin banyak di tingkat layak dan baik, makin baik.", "The more at working and good, the better."),
            ("Jumlah penduduk permukiman yang tingkat layanan paling mungkinnya adalah tingkat itu", "Sum of the people of settlements whose likeliest level it is"),
            ("Jumlah", "Count"), "people", ("level",), ("region", "district", "village"), _RUN, _PEOPLE, "A", _EXACT, "access", counts_people=True,
        ),
        Indicator(
            "HOUSEHOLDS_LEVEL", ("Rumah tangga menurut tingkat layanan internet", "Households by level of internet service"),
            _LEVELS,
            ("Banyaknya rumah tangga di permukiman dengan tingkat layanan itu pada tanggal rujukan.", "Number of households in settlements that have the level on the reference date."),
            ("Makin banyak di tingkat layak dan baik, makin baik. Yang dapat dipakai di rumah itu, bukan yang dilanggan.", "The more at working and good, the better. What can be had there, not what is subscribed to."),
            ("Jumlah rumah tangga permukiman yang tingkat layanan paling mungkinnya adalah tingkat itu", "Sum of the households of settlements whose likeliest level it is"),
            ("Jumlah", "Count"), "households", ("level",), ("region", "district", "village"), _RUN, ("rumah tangga per permukiman; peluang tiap tingkat layanan", "households by settlement; chance of each service level"), "A", _EXACT, "access", counts_people=True,
        ),
        Indicator(
            "PEOPLE_PROMISED", ("Proporsi penduduk yang mencapai tingkat layanan yang dijanjikan", "Proportion of people who have the promised level of service"),
            ("Janji layanan: tingkat yang wilayah janjikan kepada setiap orang di tempat tinggalnya.", "Promised service: the level that the region promises everybody where they live."),
            ("Penduduk yang diperkirakan mencapai tingkat yang dijanjikan dibagi seluruh penduduk. Menurut jenis kelamin: dari tempat tinggal; di satu desa laki-laki dan perempuan dianggap memiliki akses yang sama, maka bedanya hanya karena tempat, bukan karena perangkat atau kebiasaan.", "People expected to have the promised level, divided by all people. By sex: from where they live; within a village men and women are taken to have the same access, so the difference is of place alone, not of devices or habits."),
            ("1 berarti semua orang mencapai janji.", "1 means that everybody has what is promised."),
            ("1 − Σ(penduduk × peluang di bawah janji) / Σ penduduk", "1 − Σ(people × chance of being below the promise) / Σ people"),
            ("Proporsi", "Proportion"), "share", ("sex",), ("region", "district", "village"), _RUN, ("penduduk per permukiman; peluang tiap tingkat layanan; laki-laki dan perempuan per desa", "people by settlement; chance of each service level; men and women by village"), "A", _NINETY_FIVE, "access",
            version=2, changed=("Juga menurut jenis kelamin, bila sumber penduduk menyebutnya.", "By sex too, where the source of people tells it."),
        ),
        Indicator(
            "VILLAGES_LEVEL", ("Desa menurut tingkat layanan internet", "Villages by level of internet service"),
            _LEVELS,
            ("Banyaknya desa yang sebagian besar warganya memiliki tingkat layanan itu.", "Number of villages most of whose people have the level."),
            ("Makin banyak di tingkat layak dan baik, makin baik.", "The more at working and good, the better."),
            ("Hitung desa menurut tingkat layanan sebagian besar warganya", "Count villages by the level of most of their people"),
            ("Jumlah", "Count"), "villages", ("level",), ("region", "district"), _RUN, _PEOPLE, "A", _EXACT, "access",
        ),
        Indicator(
            "FACILITIES_LEVEL", ("Fasilitas publik menurut tingkat layanan internet", "Public facilities by level of internet service"),
            _LEVELS,
            ("Banyaknya kantor desa, sekolah, fasilitas kesehatan, pasar, dan fasilitas lain dengan tingkat layanan itu.", "Number of village offices, schools, health facilities, markets and others that have the level."),
            ("Makin banyak di tingkat layak dan baik, makin baik.", "The more at working and good, the better."),
            ("Hitung fasilitas menurut bidang dan tingkat layanan paling mungkin", "Count facilities by sector and likeliest level"),
            ("Jumlah", "Count"), "facilities", ("level", "sector"), ("region", "district"), _RUN, ("daftar fasilitas; peluang tiap tingkat layanan", "list of facilities; chance of each service level"), "A", _EXACT, "access",
        ),
        Indicator(
            "FACILITIES_PROMISED", ("Proporsi fasilitas publik yang mencapai tingkat layanan yang dijanjikan", "Proportion of public facilities that have the promised level of service"),
            ("Janji layanan: tingkat yang wilayah janjikan kepada jenis fasilitas itu.", "Promised service: the level that the region promises the kind of facility."),
            ("Fasilitas yang diperkirakan mencapai tingkat yang dijanjikan dibagi semua fasilitas bidang itu.", "Facilities expected to have the promised level, divided by all of the sector."),
            ("1 berarti semua fasilitas mencapai janji.", "1 means that all facilities have what is promised."),
            ("1 − Σ peluang di bawah janji / banyaknya fasilitas", "1 − Σ chance of being below the promise / number of facilities"),
            ("Proporsi", "Proportion"), "share", ("sector",), ("region",), _RUN, ("daftar fasilitas; peluang di bawah janji", "list of facilities; chance of being below the promise"), "A", _NINETY_FIVE, "access",
        ),
        Indicator(
            "GINI", ("Indeks Gini akses internet", "Gini index of access to the internet"),
            ("Ketimpangan: seberapa tidak merata akses tersebar di antara orang.", "Inequality: how unevenly access is spread over people."),
            ("Setengah selisih rata-rata akses dua orang dibagi rata-rata; akses adalah peluang janji tercapai.", "Half the mean difference in access of two people, divided by the mean; access is the chance that the promise is reached."),
            ("0: semua sama. Mendekati 1: segelintir orang memiliki semuanya.", "0: all alike. Near 1: few have all of it."),
            ("Dari kurva Lorenz (aturan trapesium): merata.access.inequality", "From the Lorenz curve (trapezoids): merata.access.inequality"),
            ("Indeks", "Index"), "index", (), ("region",), _RUN, _PEOPLE, "A", ("Tanpa rentang.", "Without an interval."), "inequality", composite=True,
        ),
        Indicator(
            "THEIL", ("Indeks Theil akses internet", "Theil index of access to the internet"),
            ("Ketimpangan: seberapa tidak merata akses tersebar di antara orang.", "Inequality: how unevenly access is spread over people."),
            ("Rata-rata x·ln x; x adalah akses seseorang dibagi rata-rata (Theil 1967).", "The mean of x·ln x; x is a person's access divided by the mean (Theil 1967)."),
            ("0: semua sama; makin besar makin timpang.", "0: all alike; the larger the less even."),
            ("Σ w·x·ln x / Σ w, w penduduk: merata.access.inequality", "Σ w·x·ln x / Σ w, w people: merata.access.inequality"),
            ("Indeks", "Index"), "index", (), ("region",), _RUN, _PEOPLE, "A", ("Tanpa rentang.", "Without an interval."), "inequality", composite=True,
        ),
        Indicator(
            "WORST_TENTH", ("Akses rata-rata sepersepuluh warga yang paling tertinggal", "Mean access of the worst-off tenth of people"),
            ("Ketimpangan: keadaan mereka yang paling tertinggal.", "Inequality: how the worst-off fare."),
            ("Rata-rata peluang janji tercapai pada sepersepuluh penduduk yang peluangnya paling kecil.", "Mean chance that the promise is reached over the tenth of people whose chance is least."),
            ("Makin besar makin baik; 1 berarti yang paling tertinggal pun terlayani.", "The larger the better; 1 means that even the worst-off are served."),
            ("Σ(peluang × penduduk) pada sepersepuluh terbawah / penduduknya", "Σ(chance × people) of the lowest tenth / its people"),
            ("Proporsi", "Proportion"), "share", (), ("region",), _RUN, _PEOPLE, "A", ("Tanpa rentang.", "Without an interval."), "inequality",
        ),
        Indicator(
            "SDG_9C1", ("Proporsi penduduk yang terlayani jaringan seluler, menurut teknologi", "Proportion of population covered by a mobile network, by technology"),
            ("Jangkauan sinyal: berada dalam jangkauan sinyal seluler, berlangganan atau tidak.", "Coverage: living within range of a mobile-cellular signal, subscriber or not."),
            ("Penduduk yang tinggal dalam jangkauan sinyal seluler dibagi seluruh penduduk. 4G atau lebih baru: dari model perambatan, daya terima di luar ruang sedikitnya sebesar tingkat dasar. Teknologi lain: dari daftar menara, dengan jangkauan seperti 4G di wilayah ini pada jarak yang sama; hanya bila daftar itu menyebut menaranya.", "People who live within range of a mobile-cellular signal, divided by all people. 4G or newer: from the propagation model, received power outdoors of at least that of the level basic. Other technologies: from the list of sites, reaching as 4G does in this region at the same distance; only where that list names their sites."),
            ("1 berarti semua penduduk berada dalam jangkauan. Bukan pemakaian.", "1 means that all people are in range. It is not use."),
            ("Σ(penduduk × Φ((RSRP − ambang) / σ)) / Σ penduduk; σ dari model. Teknologi lain: merata.publish.observations_coverage", "Σ(people × Φ((RSRP − threshold) / σ)) / Σ people; σ of the model. Other technologies: merata.publish.observations_coverage"),
            ("Proporsi", "Proportion"), "share", ("technology",), ("region", "district", "village"), _RUN, ("penduduk per permukiman; daya terima 4G (ITU-R P.1812); teknologi tiap menara", "people by settlement; received power of 4G (ITU-R P.1812); technologies of each site"), "A",
            ("4G: rentang 95% dari peluang tiap tempat. Teknologi lain: ditambah bila jangkauannya dua pertiga sampai satu setengah kali 4G.", "4G: 95% interval from each place's chance. Others: with what follows if they reach two thirds to one and a half times as far as 4G."),
            "global", reference="SDG 9.c.1 (C090c01)", version=2, changed=("Juga 2G, 3G, dan 5G; tiap teknologi termasuk yang lebih baru.", "2G, 3G and 5G too; each counts with the newer ones."),
        ),
        Indicator(
            "INDEX_HOME", ("Bahan indeks desa: internet di sebagian besar permukiman", "For the village index: internet in most of the village"),
            ("Akses internet warga desa, sebagaimana ditanyakan indeks desa dan Podes.", "Access of a village's people, as the village index and Podes ask for it."),
            ("1 bila sebagian besar warga memiliki sedikitnya tingkat dasar, 0 bila tidak; di kecamatan dan wilayah: proporsi desa.", "1 where most people have at least the level basic, else 0; of districts and the region: proportion of villages."),
            ("Bahan isian, bukan jawaban kuesioner: petugas desa tetap mengisi menurut petunjuknya.", "Material for the form, not its answer: the village fills it in by its own guide."),
            ("Tingkat layanan sebagian besar warga ≥ dasar", "Level of most people ≥ basic"),
            ("Proporsi", "Proportion"), "share", (), ("region", "district", "village"), _RUN, _PEOPLE, "A", _EXACT, "village index", reference="Indeks Desa, aksesibilitas",
        ),
        Indicator(
            "INDEX_OFFICE", ("Bahan indeks desa: internet di kantor desa", "For the village index: internet at the village office"),
            ("Internet di kantor desa, sebagaimana ditanyakan indeks desa dan Podes.", "Internet at the village office, as the village index and Podes ask for it."),
            ("1 bila kantor desa memiliki sedikitnya tingkat dasar, 0 bila tidak; di kecamatan dan wilayah: proporsi kantor desa.", "1 where the village office has at least the level basic, else 0; of districts and the region: proportion of offices."),
            ("Bahan isian, bukan jawaban kuesioner: petugas desa tetap mengisi menurut petunjuknya.", "Material for the form, not its answer: the village fills it in by its own guide."),
            ("Tingkat layanan kantor desa ≥ dasar", "Level of the village office ≥ basic"),
            ("Proporsi", "Proportion"), "share", (), ("region", "district", "village"), _RUN, ("daftar fasilitas; peluang tiap tingkat layanan", "list of facilities; chance of each service level"), "A", _EXACT, "village index", reference="Indeks Desa, aksesibilitas",
        ),
        Indicator(
            "INDEX_SIGNAL", ("Bahan indeks desa: sinyal telepon seluler di sebagian besar desa", "For the village index: a mobile signal in most of the village"),
            ("Sinyal telepon seluler, sebagaimana ditanyakan Podes dan Indeks Desa Membangun.", "The mobile signal, as Podes and the former index (IDM) ask for it."),
            ("1 bila sebagian besar warga tinggal dalam jangkauan sinyal (2G atau lebih baru; bila hanya 4G yang diketahui, 4G), 0 bila tidak; di kecamatan dan wilayah: proporsi desa.", "1 where most people live within range of a signal (2G or newer; where only 4G is known, 4G), else 0; of districts and the region: proportion of villages."),
            ("Bahan isian, bukan jawaban kuesioner. Kuat atau lemahnya sinyal di ponsel dinilai petugas di tempat.", "Material for the form, not its answer. How strong the signal is on a phone is judged on the spot."),
            ("SDG_9C1 desa ≥ 1/2", "SDG_9C1 of the village ≥ 1/2"),
            ("Proporsi", "Proportion"), "share", (), ("region", "district", "village"), _RUN, _PEOPLE, "A", _EXACT, "village index", reference="Podes; IDM, akses informasi dan komunikasi",
        ),
        Indicator(
            "INDEX_BTS", ("Bahan indeks desa: menara seluler di desa", "For the village index: a mobile base station in the village"),
            ("Keberadaan menara (BTS), sebagaimana ditanyakan Podes.", "Whether there is a base station, as Podes asks for it."),
            ("1 bila sedikitnya satu menara dari daftar berdiri di dalam batas desa, 0 bila tidak ada yang diketahui; di kecamatan dan wilayah: proporsi desa.", "1 where at least one site of the list stands within the village's borders, 0 where none is known; of districts and the region: proportion of villages."),
            ("Bahan isian, bukan jawaban kuesioner: daftar menara bisa tidak lengkap.", "Material for the form, not its answer: the list of sites may not be complete."),
            ("Menara di dalam batas desa ≥ 1", "Sites within the village's borders ≥ 1"),
            ("Proporsi", "Proportion"), "share", (), ("region", "district", "village"), _RUN, ("daftar menara; batas desa", "list of sites; villages' borders"), "A", _EXACT, "village index", reference="Podes",
        ),
        Indicator(
            "AVAILABILITY", ("Ketersediaan tautan titik layanan", "Availability of service points' links"),
            ("Ketersediaan: bagian waktu tautan bekerja, di luar yang dimaafkan.", "Availability: share of the time that links work, without what is excused."),
            ("Waktu hidup dibagi waktu yang diketahui dan dihitung, semua titik bersama.", "Time up divided by the time that is known and counts, of all points together."),
            ("1 berarti tidak pernah putus.", "1 means never down."),
            ("merata.assure.availability", "merata.assure.availability"),
            ("Proporsi", "Proportion"), "share", (), ("region", "district"), _SCORE, ("denyut alat ukur", "heartbeats of probes"), "M", _KNOWN_TIME, "quality",
        ),
        Indicator(
            "DOWN_BUSY", ("Kecepatan unduh pada jam sibuk", "Download rate at the busy hours"),
            ("Mutu layanan pada jam ketika paling banyak dipakai.", "Quality of service when it is used most."),
            ("Median dari median titik layanan, uji pada jam sibuk.", "Median of the points' medians, of tests at the busy hours."),
            ("Separuh titik lebih cepat, separuh lebih lambat.", "Half of the points are faster, half slower."),
            ("Tiap titik satu suara", "Each point has one vote"),
            ("Median", "Median"), "Mbit/s", (), ("region", "district"), _SCORE, ("uji kecepatan alat ukur", "speed tests of probes"), "M", _ORDER, "quality",
        ),
        Indicator(
            "LATENCY", ("Latensi ke pusat", "Latency to the centre"),
            ("Mutu layanan: waktu pulang-pergi.", "Quality of service: round-trip time."),
            ("Median dari median titik layanan.", "Median of the points' medians."),
            ("Makin kecil makin baik.", "The smaller the better."),
            ("Tiap titik satu suara", "Each point has one vote"),
            ("Median", "Median"), "ms", (), ("region", "district"), _SCORE, ("denyut alat ukur", "heartbeats of probes"), "M", _ORDER, "quality",
        ),
        Indicator(
            "PROMISES_KEPT", ("Proporsi janji kontrak yang ditepati", "Proportion of contract promises that were kept"),
            ("Janji kontrak: ketersediaan, kecepatan, latensi, dan perbaikan yang dijanjikan penyedia untuk tiap titik.", "Contract promises: availability, rates, latency and repair that providers promise for each point."),
            ("Janji yang pasti ditepati dibagi yang pasti ditepati atau pasti dilanggar; yang ragu-ragu tidak dihitung.", "Promises surely kept, divided by those surely kept or surely missed; what is in doubt is not counted."),
            ("1 berarti semua janji yang dapat dinilai ditepati.", "1 means that all promises that can be judged were kept."),
            ("ditepati / (ditepati + dilanggar), atas titik × janji × masa", "kept / (kept + missed), over points × promises × periods"),
            ("Proporsi", "Proportion"), "share", (), ("region", "district"), _SCORE, ("kontrak; rapor titik layanan", "contracts; scorecards of points"), "M", _WILSON, "quality",
        ),
        Indicator(
            "COMMITMENTS_KEPT", ("Proporsi janji kepada desa yang ditepati pada tahunnya", "Proportion of commitments kept in their year"),
            ("Komitmen: janji terbuka sebuah rencana atau rapat, dengan tahun dan penanggung jawab.", "Commitment: an open promise of a plan or a meeting, with a year and an owner."),
            ("Janji yang mula-mula dibuat untuk tahun itu dan ditepati pada tahun itu, dibagi semua janji yang mula-mula dibuat untuk tahun itu. Yang diundur tetap dihitung, sebagai tidak ditepati.", "Commitments first made for the year and kept in it, divided by all that were first made for it. What was put off counts, as not kept."),
            ("1 berarti semua ditepati pada tahunnya. Tahun yang belum lewat tidak dihitung.", "1 means that all were kept in their year. A year that is not over is not counted."),
            ("ditepati pada tahunnya / jatuh tempo, atas janji", "kept in their year / due, over commitments"),
            ("Proporsi", "Proportion"), "share", (), ("region", "district"), _SITE, ("janji dengan tahun, keadaan, dan penggantinya", "commitments with year, state and what replaced them"), "A", _WILSON, "quality",
        ),
        Indicator(
            "COST_PERSON", ("Biaya membangun per orang yang dilayani rencana", "Building cost per person whom the plan serves"),
            ("Biaya: uang sekali bayar untuk seorang yang dinaikkan rencana ke tingkat yang dijanjikan.", "Cost: money paid once for a person whom the plan brings to the promised level."),
            ("Biaya membangun rencana dibagi harapan banyaknya orang yang dilayaninya.", "Building cost of the plan, divided by the people whom it is expected to serve."),
            ("Makin kecil makin murah; tempat terpencil lebih mahal.", "The smaller the cheaper; remote places cost more."),
            ("Σ biaya membangun / Σ orang yang dilayani", "Σ building cost / Σ people served"),
            ("Rata-rata", "Mean"), "IDR", (), ("region", "district"), _RUN, ("harga; rencana", "prices; plan"), "A", ("Dengan semua harga rendah sampai dengan semua harga tinggi; banyaknya orang tetap.", "From all prices low to all prices high; the number of people stays."), "money",
        ),
        Indicator(
            "COST_POINT", ("Biaya membangun per titik layanan rencana", "Building cost per service point of the plan"),
            ("Biaya: uang sekali bayar untuk satu titik.", "Cost: money paid once for a point."),
            ("Biaya membangun rencana dibagi banyaknya titik.", "Building cost of the plan, divided by its points."),
            ("Makin kecil makin murah.", "The smaller the cheaper."),
            ("Σ biaya membangun / banyaknya titik", "Σ building cost / number of points"),
            ("Rata-rata", "Mean"), "IDR", (), ("region", "district"), _RUN, ("harga; rencana", "prices; plan"), "A", ("Dengan semua harga rendah sampai dengan semua harga tinggi.", "From all prices low to all prices high."), "money",
        ),
    )
}  # fmt: skip

#: Indicators that are asked for elsewhere and can't be given from what is known here, and why.
NOT_GIVEN: dict[str, Both] = {
    "SDG 9.c.1, 2G 3G 5G": ("Diberikan hanya bila daftar menara menyebut menara dengan teknologi itu, dan tidak bila ada data yang dirahasiakan.", "Given only where the list of sites names sites of that technology, and not where anything was given in confidence."),
    "SDG 17.8.1": ("Orang yang memakai internet: dari survei rumah tangga (Susenas), bukan dari jangkauan.", "Individuals using the Internet: from a household survey (Susenas), not from coverage."),
    "SDG 4.4.1": ("Keterampilan TIK: dari survei rumah tangga.", "ICT skills: from a household survey."),
    "Jenis kelamin / sex": ("Hanya PEOPLE_PROMISED, dan hanya bila sumber penduduk menyebut laki-laki dan perempuan tiap desa; bila tidak, angkanya tidak diketahui (status O). Pemakaian dan perangkat menurut jenis kelamin: dari survei rumah tangga.", "Of PEOPLE_PROMISED alone, and only where the source of people tells men and women of each village; else it is not known (status O). Use and devices by sex come from household surveys."),
    "Indeks Desa, Podes": ("Jawaban kuesioner diisi desa; di sini empat bahan isiannya (INDEX_HOME, INDEX_OFFICE, INDEX_SIGNAL, INDEX_BTS).", "The village answers the forms' questions; here are four materials for them (INDEX_HOME, INDEX_OFFICE, INDEX_SIGNAL, INDEX_BTS)."),
    "Podes: kekuatan sinyal / signal strength": ("Sangat kuat, kuat, atau lemah: penilaian petugas di tempat.", "Very strong, strong or weak: judged by the officer on the spot."),
    "Podes: komputer kantor desa / computers": ("Komputer yang berfungsi di kantor desa tidak ada di data wilayah.", "Working computers at the village office are not in the region's data."),
    "Podes: warnet, pos / internet cafés, post": ("Tidak ada di data wilayah.", "Not in the region's data."),
    "IDM: televisi, telepon / television, telephone": ("Kepemilikan televisi dan telepon rumah tangga: dari pendataan desa atau survei.", "Television sets and telephones of households: from the village's own census or a survey."),
}  # fmt: skip


def languages(indicator: Indicator, place: int) -> dict[str, str]:
    """The texts of an indicator in one language (0 Indonesian, 1 English), by field."""
    texts = {}
    for one in fields(indicator):
        value = getattr(indicator, one.name)
        if isinstance(value, tuple) and len(value) == 2 and one.name not in ("classes", "areas"):
            texts[one.name] = value[place]
    return texts
