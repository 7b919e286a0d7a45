"""Sentences of the log that nobody can rewrite."""

from __future__ import annotations

LOGGED: dict[str, tuple[str, str]] = {
    "nav_log": ("Catatan tetap", "Lasting record"),
    "log_lead": ("Setiap rencana yang diterbitkan, setiap janji dan perubahannya, rapor, tagihan, dan notulen rapat masuk ke catatan ini. Tidak ada yang bisa mengubahnya diam-diam, kami pun tidak: siapa pun yang menyimpan satu baris tanda tangannya akan melihatnya.", "Every published plan, every promise and its changes, scores, statements and records of meetings go into this record. Nobody can change it quietly, nor can we: whoever kept one signed line of it would see."),
    "log_none": ("Catatan ini belum dimulai di sini.", "The record has not begun here yet."),
    "log_count": ("Banyaknya catatan: {count}.", "Entries: {count}."),
    "log_checkpoint": ("Tanda tangan terbaru", "Newest signature"),
    "log_checkpoint_words": ("Nama catatan, banyaknya isi, sidik dari seluruh isinya, dan tanda tangan. Simpan baris-baris ini: dengan itu Anda bisa membuktikan nanti bahwa sesuatu diubah.", "The record's name, how many entries, the fingerprint of all of them, and the signature. Keep these lines: with them you can prove later that something was changed."),
    "log_key": ("Kunci umum wilayah:", "The region's public key:"),
    "log_newest": ("Catatan terbaru", "Newest entries"),
    "log_how": ("Ikut menjaga", "Help to guard it"),
    "log_how_words": ("Wilayah tetangga, kampus, atau media bisa ikut menjaga: perintah ini memeriksa seluruh catatan, dan seorang saksi (merata exchange witness) ikut menandatanganinya setiap kali catatan hanya bertambah.", "A neighbour region, a university or a newspaper can help to guard it: this command checks all of it, and a witness (merata exchange witness) signs it too, each time that it only grew."),
    "log_entry_title": ("Catatan nomor {number}", "Entry {number}"),
    "log_stands": ("Tercatat dengan tanggal {date}.", "Recorded with the date {date}."),
    "log_since": ("tercatat sejak {date}", "on record since {date}"),
    "log_check": ("Periksa sendiri", "Check it yourself"),
    "log_check_words": ("Bukti ini cukup untuk memeriksa tanpa internet, dengan kunci umum wilayah, bahwa catatan ini ada dan tidak diubah.", "This proof is enough to check offline, with the region's public key, that the entry is there and was not changed."),
    "log_words": ("Yang diubah", "What was changed"),
    "log_words_words": ("Catatan hanya menyimpan sidik dari kata-kata ini: HMAC-SHA-256 dengan garam di bawahnya.", "The record holds only a fingerprint of these words: HMAC-SHA-256 under the salt below."),
    "log_salt": ("garam:", "salt:"),
    "log_about_plan": ("Rencana itu", "That plan"),
    "log_about_promise": ("Janji itu", "That promise"),
    "log_about_meeting": ("Rapat itu", "That meeting"),
    "log_about_scores": ("Rapor", "The scores"),
    "log_proof": ("Unduh bukti", "Download the proof"),
}  # fmt: skip

#: The words of choices, as `Tongue.word` takes them.
CHOICES: dict[str, dict[str, tuple[str, str]]] = {
    "log_kind": {
        "plan": ("Rencana", "Plan"),
        "commitment": ("Janji", "Promise"),
        "change": ("Perubahan", "Change"),
        "score": ("Rapor", "Scores"),
        "statement": ("Tagihan", "Statement"),
        "document": ("Dokumen", "Document"),
        "checkpoint": ("Tanda tangan tetangga", "A neighbour's signature"),
        "key": ("Kunci", "Key"),
    },
    "log_state": {
        "made": ("dibuat", "made"),
        "on-the-way": ("sedang dikerjakan", "on the way"),
        "kept": ("ditepati", "kept"),
        "late": ("terlambat", "late"),
        "broken": ("tidak ditepati", "broken"),
        "changed": ("diganti", "changed"),
        "gone": ("dihapus", "gone"),
    },
}
