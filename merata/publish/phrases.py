"""Indonesian for the English sentences that the engine itself writes: evidence, assumptions, bases of prices."""

# ruff: noqa: E501 — declared data: one sentence a line reads better than a folded one.
from __future__ import annotations

import re
from functools import lru_cache, partial

from merata.plan.options import OPTIONS
from merata.publish.choices import CHOICES
from merata.publish.phrases_findings import CLAUSES, COUNTED, FINDINGS
from merata.publish.phrases_model_contest import CONTEST
from merata.publish.phrases_settings import CLASHES, DECIDED, SETTINGS, SUBJECTS
from merata.region.prices import COMPONENTS

#: What stands for what in a pattern: {n} a number, {p} a percentage, {t} any text, {s} a clause that is declared itself,
#: {g} a name with where it is, {a} `, and so in 3 more rows`, {r} ` (rows 3–7)`, {x} `rows 5, 9 and 3 more`,
#: {w} tables and things counted; of decisions
#: {d} what is decided, {k} a kind of thing, {o} what it is about.
_HOLES = {
    "n": r"(-?\d[\d,.]*)", "p": r"(\d[\d,.]*)\s?%", "t": "(.+?)", "s": "(.+?)", "g": "(.+?)",
    "a": r"(, and so in \d+ more rows?|)", "r": r"( \(rows? [\d–, ]+\)|)", "x": r"(rows? \d[\d, ]*(?: and \d+ more)?)",
    "d": f"({'|'.join(DECIDED)})", "k": f"({'|'.join(SUBJECTS)})", "o": "(.+?)", "w": "(.+?)",
}  # fmt: skip

#: English with holes -> Indonesian with \1 … for what stood in them. The numbers are rewritten as Indonesian writes them.
PHRASES: dict[str, str] = {
    # evidence (merata.access.evidence, merata.access.measured, merata.access.after)
    "assumed: {p} of places that nothing is said of are unserved": r"diasumsikan: \1% tempat yang tidak ada keterangannya belum terlayani",
    "modelled: no site in reach": "dimodelkan: tidak ada menara yang menjangkau",
    "modelled: {n} dBm": r"dimodelkan: \1 dBm",
    "modelled: {n} dBm, too slow a download": r"dimodelkan: \1 dBm, unduhnya terlalu lambat",
    "modelled: {n} dBm, too slow an upload": r"dimodelkan: \1 dBm, unggahnya terlalu lambat",
    "modelled": "dimodelkan",
    "modelled, too slow a download": "dimodelkan, unduhnya terlalu lambat",
    "modelled, too slow an upload": "dimodelkan, unggahnya terlalu lambat",
    "measured in confidence": "diukur, angkanya dirahasiakan",
    "in confidence": "dirahasiakan",
    "{n} files? given in confidence: used, and not shown.": r"\1 berkas diberikan dengan kerahasiaan: dipakai, dan tidak ditampilkan.",
    "reported: none ({t})": r"dilaporkan: tidak ada layanan (\1)",
    "reported: basic ({t})": r"dilaporkan: dasar (\1)",
    "reported: working ({t})": r"dilaporkan: layak (\1)",
    "reported: good ({t})": r"dilaporkan: baik (\1)",
    "reported: no signal ({t})": r"dilaporkan: tidak ada sinyal (\1)",
    "reported: weak ({t})": r"dilaporkan: sinyal lemah (\1)",
    "reported: strong ({t})": r"dilaporkan: sinyal kuat (\1)",
    "reported: very strong ({t})": r"dilaporkan: sinyal sangat kuat (\1)",
    "reported: served since ({t})": r"dilaporkan: sudah terlayani sejak itu (\1)",
    "measured: {n} tests? ({t})": r"diukur: \1 uji (\2)",
    "measured: {n} tests?, median {n} dBm ({t})": r"diukur: \1 uji, median \2 dBm (\3)",
    "measured: {n} tests?, median {n} Mbit/s down ({t})": r"diukur: \1 uji, median \2 Mbit/s unduh (\3)",
    # assumptions of access (merata.access)
    "{n} villages? whose electricity nobody says: taken as having the grid (chance of the grid {p}).": r"\1 desa yang listriknya tidak disebut siapa pun: dianggap tersambung PLN (peluang \2%).",
    "{n} villages? whose electricity nobody says: taken as without (chance of the grid {p}).": r"\1 desa yang listriknya tidak disebut siapa pun: dianggap tanpa listrik (peluang PLN \2%).",
    "{n} villages? whose smartphones nobody counted: {p} of households have one.": r"\1 desa yang telepon pintarnya tidak pernah didata: \2% rumah tangga dianggap punya.",
    "{n} villages? whose shared devices nobody counted: its facilities are taken to have one.": r"\1 desa yang perangkat bersamanya tidak pernah didata: fasilitasnya dianggap punya satu.",
    "{n} villages? whose people nobody counted: {n} each.": r"\1 desa yang penduduknya tidak pernah didata: masing-masing \2 jiwa.",
    "{n} villages? without a count of households: {n} people in each.": r"\1 desa tanpa jumlah rumah tangga: \2 jiwa per rumah tangga.",
    "{n} villages? without a count of people: equal parts of the {n} that the regency's total leaves, {n} each.": r"\1 desa tanpa jumlah penduduk: bagian sama dari \2 jiwa yang tersisa dari jumlah kabupaten, masing-masing \3.",
    "The regency's total of {n} people leaves nobody for {n} villages? without a count: the total is not used.": r"Jumlah kabupaten, \1 jiwa, tidak menyisakan siapa pun bagi \2 desa tanpa jumlah penduduk: jumlah itu tidak dipakai.",
    "{n} facilit(?:y|ies) (?:belongs|belong) to no known village and is left out.": r"\1 fasilitas tidak termasuk desa mana pun yang dikenal dan tidak dipakai.",
    "{n} facilit(?:y|ies) without a position: taken to stand at the largest settlement of the village.": r"\1 fasilitas tanpa koordinat: dianggap berada di permukiman terbesar desanya.",
    "{n} villages? without a known office: taken to stand at the largest settlement.": r"\1 desa tanpa kantor yang diketahui: kantornya dianggap berada di permukiman terbesar.",
    "{n} (?:village has|villages have) no known school: none is planned for there.": r"\1 desa tidak punya sekolah yang diketahui: tidak ada yang direncanakan di sana.",
    "{n} (?:village has|villages have) no known health post: none is planned for there.": r"\1 desa tidak punya pos kesehatan yang diketahui: tidak ada yang direncanakan di sana.",
    "{n} (?:settlement or facility|settlements and facilities) about which nothing is known (no site is known, so no coverage is modelled): a chance of {p} of being below the promise.": r"\1 permukiman atau fasilitas yang tidak diketahui apa-apanya (tidak ada menara yang diketahui, jadi jangkauan tidak dimodelkan): peluang \2% berada di bawah janji.",
    "{n} (?:settlement or facility|settlements and facilities) about which nothing is known (no coverage was modelled): a chance of {p} of being below the promise.": r"\1 permukiman atau fasilitas yang tidak diketahui apa-apanya (jangkauan tidak dimodelkan): peluang \2% berada di bawah janji.",
    "{n} settlements? belongs? to no known village and is left out.": r"\1 permukiman tidak termasuk desa mana pun yang dikenal dan tidak dipakai.",
    "{n} villages? without a known settlement: everybody is taken to live at the middle of its polygon.": r"\1 desa tanpa permukiman yang diketahui: semua warganya dianggap tinggal di tengah wilayah desa.",
    # assumptions of radio (merata.radio.coverage)
    "The land is taken as flat for the coverage map: no terrain was given.": "Untuk peta jangkauan tanah dianggap datar: data ketinggian tidak ada.",
    "The land is taken as open for the coverage map: no land cover was given.": "Untuk peta jangkauan tanah dianggap terbuka: data tutupan lahan tidak ada.",
    "{n} sites? that (?:does|do) not say (?:is|are) given {n} m of antenna height.": r"\1 menara tanpa tinggi antena dianggap setinggi \2 m.",
    "{n} sites? that (?:does|do) not say (?:is|are) given {n} MHz.": r"\1 menara tanpa frekuensi dianggap memancar pada \2 MHz.",
    "{n} sites? that (?:does|do) not say (?:is|are) given {n} dBm of radiated power.": r"\1 menara tanpa daya pancar dianggap memancarkan \2 dBm.",
    "{n} sites? that names? no technology (?:is|are) taken as 4G.": r"\1 menara yang teknologinya tidak disebut dianggap 4G.",
    "{n} sites? without a position (?:is|are) left out of the coverage map.": r"\1 menara tanpa koordinat tidak masuk peta jangkauan.",
    "{p} of the map has no known height.": r"\1% peta tidak diketahui ketinggiannya.",
    "Less than {p} of the map has no known height.": r"Kurang dari \1% peta tidak diketahui ketinggiannya.",
    "{p} of the map has no known land cover and gets the height of unknown land.": r"\1% peta tidak diketahui tutupan lahannya dan diberi tinggi lahan yang tidak dikenal.",
    "Less than {p} of the map has no known land cover and gets the height of unknown land.": r"Kurang dari \1% peta tidak diketahui tutupan lahannya dan diberi tinggi lahan yang tidak dikenal.",
    "Trees and buildings have one height for each class of land cover, added to the terrain; a terrain model that was measured from above may hold part of them already, and hills with trees are then too high.": "Pohon dan bangunan diberi satu tinggi untuk setiap kelas tutupan lahan, ditambahkan pada ketinggian tanah; data ketinggian yang diukur dari atas mungkin sudah memuat sebagian, sehingga bukit berhutan menjadi terlalu tinggi.",
    "Water counts as sea where it is wider than 3 km and leaves the map at sea level, or covers 7,800 km² or more; other water is land.": "Air dihitung sebagai laut bila lebih lebar dari 3 km dan keluar dari peta pada ketinggian laut, atau luasnya 7.800 km² atau lebih; air lainnya dihitung sebagai darat.",
    "Rates are those of {t} with {n} MHz and up to {n} layers for a phone alone in its cell; the signal quality that each rate needs is the one commonly taken in LTE planning.": r"Kecepatan dihitung untuk \1 dengan \2 MHz dan sampai \3 lapis bagi satu telepon sendirian di selnya; mutu sinyal yang diperlukan setiap kecepatan mengikuti yang lazim dalam perencanaan LTE.",
    "From {n} MHz on, {p} of the time is taken to go down and {p} up.": r"Mulai \1 MHz, \2% waktu dianggap dipakai untuk unduh dan \3% untuk unggah.",
    "{n} sites? farther than {n} km from the map (?:is|are) out of reach and not part of it.": r"\1 menara lebih jauh dari \2 km dari peta berada di luar jangkauan dan tidak diperhitungkan.",
    "{n} sites? that (?:does|do) not say (?:is|are) given sectors in the directions {t} degrees.": r"\1 menara tanpa arah antena dianggap memancar ke arah \2 derajat.",
    "{n} sites? that (?:does|do) not say (?:is|are) given one antenna that sends all round.": r"\1 menara tanpa arah antena dianggap memancar ke segala arah.",
    "{n} sites? that (?:does|do) not say (?:is|are) given {n} degrees of downward tilt.": r"\1 menara tanpa kemiringan antena dianggap menunduk \2 derajat.",
    "{n} sites? that names? an antenna whose file is not among the sources (?:is|are) given an assumed one.": r"\1 menara yang berkas antenanya tidak ada di antara sumber diberi antena yang diasumsikan.",
    "{n} sites? that names? no operator (?:is|are) taken to belong to one network.": r"\1 menara yang operatornya tidak disebut dianggap milik satu jaringan.",
    "1 site is left out of the coverage map: {t} stands where the terrain has no height (row {n}, column {n} of the map). Add terrain for there, or correct its position.": r"1 menara tidak masuk peta jangkauan: \1 berdiri di tempat tanpa data ketinggian (baris \2, kolom \3 peta). Tambahkan data ketinggian di sana, atau perbaiki letaknya.",
    # the correction of the coverage map (merata.radio.against)
    "No measured signal tells how far off the coverage map is: an error of {n} dB (standard deviation) is assumed.": r"Tidak ada sinyal terukur yang menunjukkan seberapa jauh peta jangkauan meleset: diasumsikan meleset \1 dB (simpangan baku).",
    "The coverage map is corrected by signal measured at {n} places? under {n} sites?; too few to try it on sites left out; {p} of it is used.": r"Peta jangkauan dikoreksi dengan sinyal yang diukur di \1 tempat pada \2 menara; terlalu sedikit untuk diuji pada menara lain; \3% koreksinya dipakai.",
    "The coverage map is corrected by signal measured at {n} places? under {n} sites?; on sites left out the error was {n} dB without and {n} dB with it; {p} of it is used.": r"Peta jangkauan dikoreksi dengan sinyal yang diukur di \1 tempat pada \2 menara; pada menara yang tidak dipakai untuk membuatnya, melesetnya \3 dB tanpa dan \4 dB dengan koreksi; \5% koreksinya dipakai.",
    "{n} measurements? not of 4G cannot correct the coverage map.": r"\1 pengukuran yang bukan 4G tidak bisa mengoreksi peta jangkauan.",
    "{n} measurements? without a position where a site is in reach cannot correct the coverage map.": r"\1 pengukuran tanpa koordinat dalam jangkauan menara tidak bisa mengoreksi peta jangkauan.",
    "{n} measurements? of another operator than the strongest site's cannot correct the coverage map.": r"\1 pengukuran dari operator lain daripada menara terkuat di sana tidak bisa mengoreksi peta jangkauan.",
    # assumptions of the plan (merata.plan)
    "Running costs are whole years from the year of building to the plan's last, at today's prices.": "Biaya menjalankan dihitung untuk tahun penuh, dari tahun pembangunan sampai tahun rencana terakhir, dengan harga hari ini.",
    "What a fund has left in a year is not carried over to the next.": "Sisa dana suatu tahun tidak dibawa ke tahun berikutnya.",
    "Every point is priced by itself: no cable, tower or hop is shared between places.": "Setiap titik dihargai sendiri: tidak ada kabel, menara, atau lompatan radio yang dipakai bersama.",
    "Between villages that are alike in everything known, the order of their codes decides.": "Di antara desa yang sama dalam segala hal yang diketahui, urutan kodenya yang menentukan.",
    "No budget is known for any year: the plan can pay for nothing.": "Tidak ada anggaran yang diketahui untuk tahun mana pun: rencana tidak bisa membayar apa pun.",
    "Fund {t}: the amount of {t} is not known; the last known one is repeated.": r"Dana \1: jumlah untuk \2 tidak diketahui; jumlah terakhir yang diketahui diulang.",
    "Fund {t}: no amount is known for {t}; it is taken to have nothing.": r"Dana \1: tidak ada jumlah yang diketahui untuk \2; dianggap kosong.",
    "Fund {t}: what it has left in a year can still be spent in the {n} years after it.": r"Dana \1: sisa suatu tahun masih bisa dipakai dalam \2 tahun sesudahnya.",
    "Fund {t}: what it has left in a year is lost.": r"Dana \1: sisa suatu tahun hangus.",
    "Fund {t}: it pays at most {p} of what things that the same funds may pay for cost in a year.": r"Dana \1: membayar paling banyak \2% dari biaya setahun untuk hal-hal yang boleh dibayar dana yang sama.",
    "Fund {t}: it may pay for nothing that can be built here ({t}).": r"Dana \1: tidak boleh membayar apa pun yang bisa dibangun di sini (\2).",
    "Fund {t}: it has no money in any planned year.": r"Dana \1: tidak punya uang dalam tahun mana pun yang direncanakan.",
    "No fund may pay the capital of {n} × {t}: the plan can't use them.": r"Tidak ada dana yang boleh membayar modal \1 × \2: rencana tidak bisa memakainya.",
    "No fund may pay the running cost of {n} × {t}: the plan can't use them.": r"Tidak ada dana yang boleh membayar biaya operasi \1 × \2: rencana tidak bisa memakainya.",
    "All prices change by {n}% a year after {t}.": r"Semua harga berubah \1% setahun sesudah \2.",
    "Subscriptions are contracted for {n} years: the last contracts bind another Rp {n} after the plan's last year.": r"Langganan dikontrak selama \1 tahun: kontrak terakhir masih mengikat Rp \2 sesudah tahun terakhir rencana.",
    "How sure the plan is was drawn {n} times: each price between its low and its high one, likeliest in the middle, {p} of its deviation the same in the whole region.": r"Keyakinan rencana diundi \1 kali: setiap harga antara harga rendah dan harga tingginya, paling mungkin di tengah, \2% selisihnya sama di seluruh wilayah.",
    "Points on the same equipment are taken to work or fail together by half.": "Titik pada perangkat yang sama dianggap separuhnya berhasil atau gagal bersama.",
    "Each year's budget holds with a chance of {p} and more: nothing is set aside.": r"Anggaran setiap tahun cukup dengan peluang \1% atau lebih: tidak ada yang disisihkan.",
    "Rp {n} are set aside so that each year's budget holds with a chance of {p}.": r"Rp \1 disisihkan agar anggaran setiap tahun cukup dengan peluang \2%.",
    "Rp {n} are set aside, but a year's budget holds with a chance of {p} only, not {p}.": r"Rp \1 disisihkan, tetapi anggaran suatu tahun cukup dengan peluang \2% saja, bukan \3%.",
    "Fund {t}: its whole amount is taken to be for this region (`share` in region.toml).": r"Dana \1: seluruh jumlahnya dianggap untuk wilayah ini (`share` di region.toml).",
    "Price list not used: {t} has no amount.": r"Daftar harga tidak dipakai: \1 tanpa jumlah.",
    "Price list not used: {t} is priced {t}, but {t} is paid once.": r"Daftar harga tidak dipakai: \1 berharga \2, padahal \3 dibayar sekali.",
    "No budget is known after {t}: the plan ends there, and so do its running costs.": r"Tidak ada anggaran yang diketahui setelah \1: rencana berakhir di situ, begitu pula biaya menjalankannya.",
    "No fibre route and no point of presence is known: fibre is not offered anywhere, though it may be there.": "Tidak ada jalur serat optik maupun titik kehadiran jaringan yang diketahui: serat optik tidak ditawarkan di mana pun, meskipun mungkin ada.",
    "No 4G signal is known at any of these places: 4G fixed wireless is not offered anywhere.": "Tidak ada sinyal 4G yang diketahui di tempat-tempat ini: nirkabel tetap 4G tidak ditawarkan di mana pun.",
    "{n} facilities whose electricity is unknown are priced without solar power.": r"\1 fasilitas yang listriknya tidak diketahui dihargai tanpa tenaga surya.",
    "No road is known: half of the transport to a remote place is reckoned everywhere.": "Tidak ada jalan yang diketahui: di mana-mana dihitung separuh biaya angkut ke tempat terpencil.",
    # places, new 4G and offers (merata.plan.demand, spots, reach, cells, offers)
    "Each person loads the network with {n} Mbit/s in the busy hour: assumed.": r"Diasumsikan tiap orang membebani jaringan \1 Mbit/s pada jam sibuk.",
    "A facility loads the network with the download rate that it is promised.": "Sebuah fasilitas membebani jaringan sebesar kecepatan unduh yang dijanjikan kepadanya.",
    "The number of people grows by {p} each year: assumed.": r"Diasumsikan jumlah penduduk tumbuh \1% per tahun.",
    "{n} places below their promise have no position: only satellites are offered there.": r"\1 tempat di bawah janjinya tanpa koordinat: di sana hanya satelit yang ditawarkan.",
    "{n} places fall below their promise when their contract ends.": r"\1 tempat turun di bawah janjinya ketika kontraknya berakhir.",
    "New towers are thought of at the largest settlement below its promise of a village, and so that one stands within {n} km of each such settlement.": r"Menara baru dipertimbangkan di permukiman terbesar desa yang di bawah janjinya, dan agar ada satu dalam \1 km dari setiap permukiman seperti itu.",
    "The antennas of a new tower hang {n} m above ground, those of a repeater {n} m, on {n} MHz: assumed.": r"Diasumsikan antena menara baru setinggi \1 m, antena penguat sinyal \2 m, pada \3 MHz.",
    "A tower that carries no 4G is taken to bear more equipment, and its owner to agree.": "Menara tanpa 4G dianggap kuat menampung perangkat tambahan, dan pemiliknya setuju.",
    "Whom a new 4G cell serves is modelled over terrain and land cover up to {n} km; pairs with a chance below {p} are left out.": r"Siapa yang terlayani sel 4G baru dimodelkan di atas medan dan tutupan lahan sampai \1 km; yang peluangnya di bawah \2% tidak dihitung.",
    "The strongest site that is heard now disturbs a new cell for {p} of the time; new cells do not disturb each other.": r"Menara terkuat yang terdengar sekarang mengganggu sel baru selama \1% waktu; sel baru tidak saling mengganggu.",
    "A terminal outdoors receives {n} dB more than a phone.": r"Terminal luar ruang menerima \1 dB lebih kuat daripada telepon.",
    "{n} paths from new towers cross a void of the terrain or leave the map: not offered.": r"\1 jalur dari menara baru melewati celah data ketinggian atau keluar dari peta: tidak ditawarkan.",
    "{n} places for new 4G are outside of the map, or say what can't be: left out.": r"\1 tempat untuk 4G baru berada di luar peta atau keterangannya mustahil: tidak dipakai.",
    "No terrain is known: a new 4G cell is taken to serve what is within {n} km with a chance of {p}, whatever lies between.": r"Medan tidak diketahui: sel 4G baru dianggap melayani yang berada dalam \1 km dengan peluang \2%, apa pun yang ada di antaranya.",
    "No power line is known: a new site has the grid where its village has it.": "Jalur listrik tidak diketahui: menara baru dianggap mendapat listrik jaringan bila desanya mendapatnya.",
    "A new cell carries {n} Mbit/s for all under it; a link by satellite {n} Mbit/s: assumed.": r"Diasumsikan sel baru membawa \1 Mbit/s untuk semua di bawahnya, dan sambungan satelit \2 Mbit/s.",
    "A new cell draws {n} kW around the clock, from the sun where there is no grid: assumed.": r"Diasumsikan sel baru memakai \1 kW sepanjang hari, dari tenaga surya bila tidak ada listrik jaringan.",
    "A repeater leaves {n} Mbit/s of its donor for those under it, draws {n} kW, and its antenna receives {n} dB more than a phone: assumed.": r"Diasumsikan penguat sinyal menyisakan \1 Mbit/s dari sumbernya untuk yang di bawahnya, memakai \2 kW, dan antenanya menerima \3 dB lebih kuat daripada telepon.",
    "One hotspot reaches {n} households; around a village office those within {n} km.": r"Satu titik Wi-Fi menjangkau \1 rumah tangga; di sekitar kantor desa yang berada dalam \2 km.",
    "Nobody has looked at the sky: every place is taken to see the satellites.": "Langit belum diperiksa: setiap tempat dianggap melihat satelit.",
    "Where most households have no device, one is shared by {n} households: assumed.": r"Diasumsikan bila sebagian besar rumah tangga tidak punya perangkat, satu perangkat dipakai bersama oleh \1 rumah tangga.",
    "A dish stands {n} m above ground in a clearing of {n} m.": r"Antena parabola berdiri \1 m di atas tanah, di tempat terbuka selebar \2 m.",
    "Low satellites serve from {n} degrees up; {n} are assumed, as licensed; how many of them serve the region is not known.": r"Satelit rendah melayani dari ketinggian \1 derajat; diasumsikan ada \2 sesuai izinnya; berapa yang melayani wilayah ini tidak diketahui.",
    "Hills are looked for up to {n} km, and no farther than the map.": r"Bukit dicari sampai \1 km, dan tidak lebih jauh dari peta.",
    # assumptions of the network that could be built (merata.plan.routes, merata.plan.hops, merata.plan.network)
    "{n} (?:place has|places have) no position: nothing can be built there.": r"\1 tempat tanpa koordinat: tidak ada yang bisa dibangun ke sana.",
    "{n} (?:tower has|towers have) no position: nothing can be built there.": r"\1 menara tanpa koordinat: tidak ada yang bisa dibangun ke sana.",
    "{n} (?:new tower has|new towers have) no position: nothing can be built there.": r"\1 calon menara tanpa koordinat: tidak ada yang bisa dibangun di sana.",
    "{n} (?:tower stands|towers stand) where phones have sighted them: maybe some kilometres off.": r"\1 menara ditempatkan menurut pengamatan ponsel: mungkin meleset beberapa kilometer.",
    "{n} (?:tower of 4G or 5G is|towers of 4G or 5G are) taken to have {n} Mbit/s to spare each: nobody has said how much.": r"\1 menara 4G atau 5G dianggap masing-masing punya sisa \2 Mbit/s: tidak ada yang menyebut berapa sebenarnya.",
    "{n} (?:place or tower|places or towers) would need more than {n} km of cable where no way is known: no fibre is thought of there.": r"\1 tempat atau menara memerlukan lebih dari \2 km kabel tanpa jalur yang diketahui: serat optik tidak dipertimbangkan di sana.",
    "No road, river or power line is known: new cable is reckoned in straight lines.": "Tidak ada jalan, sungai, atau jalur listrik yang diketahui: kabel baru dihitung menurut garis lurus.",
    "No fibre route and no point of presence is known: new cable has nowhere to begin.": "Tidak ada jalur serat optik maupun titik kehadiran jaringan yang diketahui: kabel baru tidak punya pangkal.",
    "Where no way is known cable is {n} times as long as the straight line, and {n} km at most.": r"Tanpa jalur yang diketahui, kabel dianggap \1 kali garis lurus, dan paling jauh \2 km.",
    "Along a road, a river or a power line new cable costs the same for each kilometre.": "Di tepi jalan, sungai, atau jalur listrik, kabel baru berharga sama untuk setiap kilometer.",
    "No terrain is known: no microwave hop is thought of, since nobody can tell which are free.": "Data ketinggian tidak ada: sambungan microwave tidak dipertimbangkan, karena tidak diketahui mana yang bebas halangan.",
    "{n} (?:site is|sites are) not on known terrain, or of no possible height: no microwave hop is thought of there.": r"\1 menara di luar data ketinggian atau tingginya tidak mungkin: sambungan microwave tidak dipertimbangkan di sana.",
    "Microwave hops up to {n} km: {n} were looked at, {n} hold with antennas no higher than the towers, {n} are offered to the plan: the shortest and fastest of each site.": r"Sambungan microwave sampai \1 km: \2 diperiksa, \3 bertahan dengan antena tidak lebih tinggi dari menara, \4 ditawarkan kepada rencana: yang terpendek dan tercepat dari setiap menara.",
    # assumptions of microwave hops (merata.radio.links)
    "Hops are reckoned with typical radios and dishes, not with one maker's: sending power, noise, signal needed.": "Sambungan microwave dihitung dengan radio dan antena yang lazim, bukan dari satu pabrik: daya pancar, derau, sinyal yang diperlukan.",
    "A hop works when it holds for {p} of an average year.": r"Sambungan microwave dianggap baik bila bertahan \1% dari setahun rata-rata.",
    "Multipath follows P.530-17, whose maps can be passed on; rain and clearance P.530-18.": "Lintasan ganda menurut P.530-17, yang petanya boleh diteruskan; hujan dan ruang bebas menurut P.530-18.",
    "{n} (?:site does|sites do) not say how high the antennas are; {n} m is assumed.": r"\1 menara tidak menyebut tinggi antenanya; dianggap \2 m.",
    "A low k of {n} is set in region.toml for hops of every length.": r"Nilai k rendah \1 ditetapkan di region.toml untuk sambungan dari semua jarak.",
    "Rain of {n} mm/h in 0.01 % of the year is set in region.toml.": r"Hujan \1 mm/jam selama 0,01% waktu ditetapkan di region.toml.",
    "Rain in 0.01 % of the year is that of the map of ITU-R P.837-7.": "Hujan selama 0,01% waktu diambil dari peta ITU-R P.837-7.",
    "Rain on hops longer than {n} km is reckoned beyond where the method was tried.": r"Hujan pada sambungan lebih dari \1 km dihitung di luar jarak yang pernah diuji.",
    # rules of reckoning (merata.plan.assume)
    "Running costs are whole years from the first year of service to the plan's last.": "Biaya menjalankan dihitung untuk tahun penuh, dari tahun layanan pertama sampai tahun rencana terakhir.",
    "What several places share (cable, towers, hops) is built once; its cost is shared out evenly among the places that it serves at the plan's end.": "Yang dipakai bersama beberapa tempat (kabel, menara, sambungan) dibangun sekali; biayanya dibagi rata di antara tempat yang dilayaninya pada akhir rencana.",
    "Between plans that bring the same, the search decides; the same inputs give the same plan.": "Di antara rencana yang hasilnya sama, pencarian yang menentukan; masukan yang sama memberi rencana yang sama.",
    # notes of the rules (merata.plan.ruled, merata.plan.decisions)
    "Rules of fairness count only villages that some option can reach in these years; {n} of {n} in need can't be reached": r"Aturan keadilan hanya menghitung desa yang dapat dijangkau suatu pilihan pada tahun-tahun ini; \1 dari \2 yang membutuhkan tidak terjangkau",
    "row {n} of plan.decide: nothing like it could be planned anyway": r"baris \1 plan.decide: hal itu memang tidak dapat direncanakan",
    "row {n} of plan.decide: it is lit already: nothing to decide": r"baris \1 plan.decide: sudah beroperasi: tidak ada yang diputuskan",
    "row {n} of plan.decide: only due after the planned years": r"baris \1 plan.decide: baru jatuh tempo setelah tahun-tahun rencana",
    "row {n} of plan.decide: nothing there is below its promise": r"baris \1 plan.decide: tidak ada yang di bawah janji di sana",
    "row {n} of plan.decide: no option can serve it": r"baris \1 plan.decide: tidak ada pilihan yang dapat melayaninya",
    # bases of prices (merata.region.prices)
    "assumption of the Merata project, to be replaced by a real price": "asumsi proyek Merata, untuk diganti dengan harga nyata",
    "assumed share of what BAKTI's price of a whole site leaves after tower and transport": "bagian yang diasumsikan dari sisa harga BAKTI untuk menara lengkap setelah menara dan pengangkutan",
    "assumed share of BAKTI's price of running a whole site": "bagian yang diasumsikan dari harga BAKTI untuk mengoperasikan menara lengkap",
    "assumed: USD 10,000-40,000 as in open models of rural 4G (pytal), at IDR 16,000": "asumsi: USD 10.000-40.000 seperti dalam model terbuka 4G pedesaan (pytal), dengan kurs Rp 16.000",
    "assumed: frequency fee by the formula of Regulation 7/2009 for two ends with 28-56 MHz, and power": "asumsi: biaya frekuensi menurut rumus PP 7/2009 untuk dua ujung dengan 28-56 MHz, dan listrik",
    "province's programme 2025": "program provinsi 2025",
    "regency 2026": "kabupaten 2026",
    "industry association 2023": "asosiasi industri 2023",
    "eight for IDR 4.9 billion in 2022": "delapan seharga Rp 4,9 miliar pada 2022",
    "BAKTI: IDR 144.878 billion a month for 5618 sites, 2024": "BAKTI: Rp 144,878 miliar per bulan untuk 5.618 menara, 2024",
    "BAKTI: 5618 sites for IDR 12.045 trillion, 2024": "BAKTI: 5.618 menara seharga Rp 12,045 triliun, 2024",
    "region.toml": "region.toml",
    "from {t}, {n} sites": r"dari \1, \2 titik",
    "from {t}, price list": r"dari \1, daftar harga",
    "{n}": r"\1",
}

PHRASES |= {
    f"Price assumed: {component.about}.": f"Harga diasumsikan: {CHOICES['component'][key][0]}."
    for key, component in COMPONENTS.items()
}
PHRASES |= {
    f"Assumed of {key.replace('_', ' ')}: {{n}} Mbit/s down, {{n}} up, {{n}} ms, there {{p}} of the time.": (
        f"Diasumsikan tentang {indonesian}: unduh \\1 Mbit/s, unggah \\2, jeda \\3 ms, beroperasi \\4% waktu."
    )
    for key, (_, indonesian) in OPTIONS.items()
}

# Evidence of other regions (merata.plan.evidence).
_EVIDENCE = {"{n} sites in {t}": r"\3 titik di \4", "price lists of {t}": r"daftar harga \3"}
PHRASES |= {
    f"{component.about}: IDR {{n}} by itself, IDR {{n}} with evidence of {english}.": (
        f"{CHOICES['component'][key][0]}: Rp \\1 menurut sumber sendiri, Rp \\2 dengan bukti dari {indonesian}."
    )
    for key, component in COMPONENTS.items()
    for english, indonesian in _EVIDENCE.items()
}
PHRASES |= {
    f"How often {key.replace('_', ' ')} is there is drawn to what was measured at {{n}} sites in {{t}}.": (
        f"Seberapa sering {indonesian} beroperasi didekatkan ke hasil ukur di \\1 titik di \\2."
    )
    for key, (_, indonesian) in OPTIONS.items()
}
PHRASES |= {
    f"A year is planned from paying for {key.replace('_', ' ')} to its service: it took one at {{n}} sites in {{t}}.": (
        f"Direncanakan setahun dari pembayaran {indonesian} sampai layanannya: selama itu di \\1 titik di \\2."
    )
    for key, (_, indonesian) in OPTIONS.items()
}

PHRASES |= FINDINGS | SETTINGS | CONTEST

_SWAPPED = str.maketrans(",.", ".,")
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
#: What the engine writes around names, and around lists of rows.
_AROUND = {
    " in the district ": " di kecamatan ", " without a district": " tanpa kecamatan", " with the code ": " dengan kode ",
    "the row": "baris itu", "Sheet '": "Lembar '", "The table": "Tabel itu", " and ": " dan ", " or ": " atau ",
    " more": " lagi", "rows ": "baris ", "row ": "baris ",
}  # fmt: skip


@lru_cache(maxsize=4096)
def in_indonesian(text: str) -> str | None:
    """The sentence, or the clauses that '; ' joins, in Indonesian; None when one of them is not declared here."""
    whole = _said(text, _COMPILED)
    if whole is not None:
        return whole
    clauses = [_said(clause, _COMPILED) for clause in text.split("; ")]
    said = [clause for clause in clauses if clause is not None]
    if len(said) == len(clauses) > 1:
        return "; ".join(said)
    # A basis of a price: words of the own source, which stay as they are, then from whom else it comes.
    own, *others = text.split("; ")
    known = len(said) == len(others) > 0 and all(clause.startswith("from ") for clause in others)
    return "; ".join([own, *said]) if known and clauses[0] is None else None


def _said(text: str, phrases: list[_Compiled]) -> str | None:
    for pattern, holes, indonesian in phrases:
        match = pattern.fullmatch(text)
        if match:
            found = [_filled(hole, group) for hole, group in zip(holes, match.groups(), strict=True)]
            return re.sub(r"\\(\d+)", partial(_put, found), indonesian)
    return None


def _put(found: list[str], place: re.Match[str]) -> str:
    return found[int(place[1]) - 1]


def _filled(hole: str, text: str) -> str:
    """What stood in a hole: clauses and words in Indonesian, numbers as Indonesian writes them, names as they are."""
    if hole == "s":
        return _clause(text)
    if hole == "o":
        return re.sub(r"\b([a-z]+)(?= )", lambda word: SUBJECTS.get(word[1], word[1]), text)
    if hole == "w":
        return re.sub(r"[a-z_]+(?: lines)?", lambda word: COUNTED.get(word[0], word[0]), text)
    if hole in "dk":
        return (DECIDED | SUBJECTS)[text]
    if hole == "a":
        return re.sub(r", and so in (\d+) more rows?", r", juga di \1 baris lagi", text)
    if hole in "grx":
        return _around(text)
    if hole == "t":
        text = re.sub(r" and (\d+) other sources?(?=,|$)", r" dan \1 sumber lain", text)
        return _around(text) if re.match(r"(Sheet '|The table$)", text) else text
    return text.translate(_SWAPPED) if _NUMBER.fullmatch(text) else text


def _clause(text: str) -> str:
    """A clause, or those that commas join, as far as they are declared."""
    return _said(text, _CLAUSES) or ", ".join(_said(part, _CLAUSES) or part for part in text.split(", "))


def _around(text: str) -> str:
    """The words around names in quotes; what stands in quotes stays."""
    parts = re.split(r"('[^']*')", text)
    for english, indonesian in _AROUND.items():
        parts[::2] = [part.replace(english.rstrip("'"), indonesian.rstrip("'")) for part in parts[::2]]
    return "".join(parts)


_Compiled = tuple[re.Pattern[str], list[str], str]


def _compile(english: str, indonesian: str) -> _Compiled:
    # Only the letters s? and (?:…) of a phrase are patterns: everything else stands for itself.
    parts = re.split(r"(\{[a-z]\}|s\?|\(\?:[^)]*\))", english)
    holes = [part[1] for part in parts if re.fullmatch(r"\{[a-z]\}", part)]
    pattern = "".join(
        _HOLES[part[1]]
        if re.fullmatch(r"\{[a-z]\}", part)
        else part
        if part == "s?" or part[:3] == "(?:"
        else re.escape(part)
        for part in parts
    )
    return re.compile(pattern), holes, indonesian


def _compiled(phrases: dict[str, str]) -> list[_Compiled]:
    """Those that say most by themselves first: `'{t}' is not in this region` before `'{t}' is not {s}`."""
    own = {english: len(re.sub(r"\{[a-z]\}", "", english)) for english in phrases}
    return [_compile(english, phrases[english]) for english in sorted(phrases, key=lambda one: -own[one])]


_COMPILED = _compiled(PHRASES)
_CLAUSES = _compiled(CLAUSES | CLASHES)
