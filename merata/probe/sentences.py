"""Every sentence that the probe says, key -> (Indonesian, English)."""

from __future__ import annotations

from typing import Any

SENTENCES: dict[str, tuple[str, str]] = {
    # what went wrong
    "not_enrolled": (
        "Alat ini belum didaftarkan ({folder}). Minta kode dari pengelola program, lalu: python3 merata-probe.pyz enrol KODE",
        "This probe is not enrolled ({folder}). Ask the programme for a code, then: python3 merata-probe.pyz enrol CODE",
    ),
    "enrolled_already": (
        "Alat ini sudah terdaftar dengan nomor {probe}. Untuk mendaftar ulang, pindahkan dulu folder {folder}.",
        "This probe is enrolled as number {probe} already. To enrol it anew, move the folder {folder} away first.",
    ),
    "bad_file": (
        "Berkas {file} rusak: {why}. Daftarkan ulang dengan kode baru.",
        "The file {file} is damaged: {why}. Enrol anew with a new code.",
    ),
    "bad_ca": (
        "Berkas sertifikat {file} tidak terbaca: {why}",
        "The certificate file {file} can't be read: {why}",
    ),
    "bad_address": (
        "'{address}' bukan alamat. Yang diharapkan: https://nama-pusat",
        "'{address}' is no address. Expected: https://name-of-the-centre",
    ),
    "not_secure": (
        "{address} tidak terenkripsi. Hanya https dan wss yang dipakai.",
        "{address} is not encrypted. Only https and wss are used.",
    ),
    "busy": (
        "Sudah ada yang berjalan di folder {folder}. Satu alat, satu proses.",
        "One is running in the folder {folder} already. One probe, one process.",
    ),
    "no_centre": (
        "Kode ini tidak menyebut alamat pusat. Pakai alamat lengkap dari undangan, atau: enrol KODE --centre https://…",
        "This code does not name the centre. Use the whole address of the invitation, or: enrol CODE --centre https://…",
    ),
    "no_answer": (
        "Pusat {centre} tidak menjawab: {why}. Periksa sambungan internet, lalu coba lagi; kode masih berlaku.",
        "The centre {centre} does not answer: {why}. Check the link, then try again; the code is still good.",
    ),
    "code_refused": (
        "Pusat menolak kode ini ({status}): salah, sudah dipakai, atau sudah lewat. Minta kode baru.",
        "The centre refused this code ({status}): wrong, used or over. Ask for a new one.",
    ),
    "no_setting": (
        "'{name}' tidak dikenal. Yang dapat diatur: {names}",
        "'{name}' is not known. Can be set: {names}",
    ),
    "bad_setting": ("'{text}' tidak cocok untuk {name}.", "'{text}' won't do for {name}."),
    "no_store": (
        "Tempat simpan di {folder} tidak dapat dibuka: {why}. Periksa apakah disk penuh atau hanya-baca.",
        "The store in {folder} can't be opened: {why}. See whether the disk is full or read-only.",
    ),
    "no_folder": (
        "Folder {folder} tidak dapat dibuat atau ditulisi: {why}",
        "The folder {folder} can't be made or written to: {why}",
    ),
    # what was done
    "enrolled": (
        "Terdaftar dengan nomor {probe} di {centre}. Berikutnya: python3 merata-probe.pyz install",
        "Enrolled as number {probe} at {centre}. Next: python3 merata-probe.pyz install",
    ),
    "running": (
        "Alat nomor {probe} berjalan. Ctrl-C mengakhiri.",
        "Probe number {probe} runs. Ctrl-C ends it.",
    ),
    "once_answered": (
        "Pusat menjawab dalam {ms}. Menunggu dikirim: {waiting}.",
        "The centre answered in {ms}. Waiting: {waiting}.",
    ),
    "once_silent": (
        "Pusat tidak menjawab; hasil disimpan dan dikirim nanti. Menunggu dikirim: {waiting}.",
        "The centre did not answer; what was measured is kept and sent later. Waiting: {waiting}.",
    ),
    "set": ("{name} = {value}", "{name} = {value}"),
    # status
    "status_probe": (
        "Alat nomor {probe}, rilis {release}, pusat {centre}",
        "Probe number {probe}, release {release}, centre {centre}",
    ),
    "status_never": (
        "Belum pernah mengukur. Jalankan: python3 merata-probe.pyz once",
        "It never measured. Run: python3 merata-probe.pyz once",
    ),
    "status_last": ("Pengukuran terakhir: {ago} yang lalu", "Last measurement: {ago} ago"),
    "status_stopped": (
        "PERHATIAN: sudah lama tidak mengukur. Apakah alat ini berjalan?",
        "ATTENTION: it has not measured for long. Is it running?",
    ),
    "status_answered": ("Pusat menjawab terakhir: {ago} yang lalu", "The centre answered last: {ago} ago"),
    "status_unanswered": ("Pusat belum pernah menjawab.", "The centre never answered."),
    "status_link": (
        "Ke pusat {centre}, ke luar {outside}, DNS {dns}; hilang {lost} dari 10",
        "To the centre {centre}, outside {outside}, DNS {dns}; lost {lost} of 10",
    ),
    "status_waiting": ("Menunggu dikirim: {count} catatan", "Waiting to be sent: {count} messages"),
    "status_speed": ("Kecepatan terakhir: unduh {down}, unggah {up}", "Last speed: down {down}, up {up}"),
    "status_budget": (
        "Data uji kecepatan hari ini: {spent} dari {budget} MB",
        "Data of speed tests today: {spent} of {budget} MB",
    ),
    "status_newer": (
        "Ada rilis {newest} yang lebih baru. Unduh dari {centre} bila sempat; alat ini tidak memperbarui dirinya.",
        "There is a newer release {newest}. Download it from {centre} when you can; the probe never updates itself.",
    ),
    "status_unknown": (
        "PERHATIAN: pusat tidak mengenal alat ini. Hubungi pengelola program.",
        "ATTENTION: the centre does not know this probe. Ask the programme.",
    ),
    "status_revoked": (
        "PERHATIAN: pusat sudah mencabut alat ini. Minta kode baru.",
        "ATTENTION: the centre has revoked this probe. Ask for a new code.",
    ),
    "status_trouble": ("Pengiriman terakhir gagal: {why}", "The last delivery failed: {why}"),
    "status_damage": ("PERHATIAN: tempat simpan rusak: {why}", "ATTENTION: the store is damaged: {why}"),
    "nothing": ("tidak ada jawaban", "no answer"),
    "ms": ("{value} ms", "{value} ms"),
    "mbps": ("{value} Mbit/s", "{value} Mbit/s"),
    "seconds": ("{n} detik", "{n} s"),
    "minutes": ("{n} menit", "{n} min"),
    "hours": ("{n} jam", "{n} h"),
    "days": ("{n} hari", "{n} days"),
    # install
    "install_write": ("Tulis ke {file}? [y/T] ", "Write to {file}? [y/N] "),
    "install_written": ("Ditulis: {file}. Lalu jalankan:", "Written: {file}. Then run:"),
    "install_not_written": ("Tidak ditulis.", "Nothing was written."),
    "install_line": ("Jalankan sendiri:", "Run this yourself:"),
    "install_cron": ("Tambahkan baris ini dengan `crontab -e`:", "Add this line by `crontab -e`:"),
    # help
    "help": (
        "Mengukur sambungan internet di tempat ini dan mengirim hasilnya ke pusat program. Tidak membaca isi lalu lintas.",
        "Measures the link of this place and tells the programme's centre. It never reads what people send.",
    ),
    "help_enrol": ("daftarkan alat ini dengan kode sekali pakai", "enrol this probe with a one-time code"),
    "help_run": ("ukur terus-menerus", "measure on and on"),
    "help_once": ("ukur sekali (untuk cron)", "measure once (for cron)"),
    "help_status": ("bagaimana keadaannya", "how it is"),
    "help_set": ("atur sesuatu di alat ini", "set something at this probe"),
    "help_install": ("jalankan otomatis saat mesin hidup", "start by itself with the machine"),
    "help_folder": ("folder tempat alat ini menyimpan", "folder that the probe keeps things in"),
    "help_en": ("pakai bahasa Inggris", "speak English"),
    "help_code": (
        "kode, atau alamat dari undangan (https://…#KODE)",
        "code, or the address of the invitation (https://…#CODE)",
    ),
    "help_centre": ("alamat pusat, https://…", "address of the centre, https://…"),
    "help_ca": ("berkas sertifikat pusat", "file of the centre's certificate"),
    "help_period": (
        "jarak antarpengukuran, detik; hanya untuk mencoba",
        "time between measurements, s; for trying out only",
    ),
    "help_verbose": ("ceritakan apa yang dilakukan", "tell what is being done"),
    "help_as": ("cara memasang", "the way to install"),
    "help_yes": ("tulis tanpa bertanya", "write without asking"),
}


def say(language: str, key: str, **values: Any) -> str:
    """A sentence in a language: id or en."""
    return SENTENCES[key][language == "en"].format(**values)


def ago(language: str, seconds: float) -> str:
    """How long, in the largest unit of which there are two."""
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return say(language, unit, n=int(seconds // size))
    return say(language, "seconds", n=max(0, int(seconds)))
