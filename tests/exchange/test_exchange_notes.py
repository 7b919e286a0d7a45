"""Signed notes, checkpoints and canonical JSON against what others published; policies and keys."""

import hashlib
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from merata.errors import FileError, MissingError
from merata.exchange import canonical, checkpoints, keys, notes
from merata.exchange.policy import Policy
from merata.exchange.tree import ProofError

#: From the documentation of Go's golang.org/x/mod/sumdb/note.
SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
#: Go's checksum database, as every Go command trusts it.
SUMDB = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
#: From C2SP tlog-cosignature.
CHECKPOINT = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""  # noqa: E501


def test_a_note_of_go_is_verified_and_signed_to_the_byte():
    key, note = notes.public_key(PUBLIC), notes.parse(f"{TEXT}\n{LINE}")
    assert note.by([key]) == {key: 0}
    assert str(note) == f"{TEXT}\n{LINE}"
    secret = notes.SecretKey.parse(SECRET)
    assert str(secret.public) == PUBLIC
    assert secret.sign(TEXT).line == LINE
    assert secret.line() == SECRET + "\n"
    assert str(notes.public_key(SUMDB)) == SUMDB


def test_a_published_checkpoint_is_read():
    found = checkpoints.parse(CHECKPOINT)
    assert (found.origin, found.size) == ("example.com/behind-the-sofa", 20852163)
    assert str(found.note) == CHECKPOINT
    assert [each.id.hex() for each in found.note.signatures] == ["033de0ae", "8d66cf3f"]


def test_a_cosignature_is_what_the_specification_says():
    seed = bytes(range(32))
    witness = notes.SecretKey.of("witness.example/w1", notes.WITNESS, seed)
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes_raw()
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    message = b"cosignature/v1\ntime 1679315147\n" + text.encode()
    made = witness.sign(text, 1679315147)
    assert made.id == hashlib.sha256(b"witness.example/w1\n\x04" + public).digest()[:4]
    assert made.signed == (1679315147).to_bytes(8, "big") + private.sign(message)
    assert witness.public.signed(text, made) == 1679315147
    later = made._replace(signed=(1679315148).to_bytes(8, "big") + made.signed[8:])
    with pytest.raises(ProofError, match="false"):
        witness.public.signed(text, later)


def test_signatures_of_strangers_are_passed_over_and_false_ones_are_not():
    key = notes.public_key(PUBLIC)
    stranger = notes.SecretKey.made("stranger", notes.LOG)
    note = notes.parse(f"{TEXT}\n{LINE}").with_signatures([stranger.sign(TEXT)])
    assert list(note.by([key])) == [key]
    with pytest.raises(ProofError, match="PeterNeumann"):
        notes.Note(TEXT.replace("know", "knew"), note.signatures).by([key])
    same_name = notes.SecretKey.made("PeterNeumann", notes.LOG)
    assert notes.Note(TEXT, (same_name.sign(TEXT),)).by([key]) == {}


@pytest.mark.parametrize("text", [
    "", "text\n", "text\n\n", f"{TEXT}\n{LINE[:-1]}", f"{TEXT}\n{LINE}extra\n", f"{TEXT}\r\n\n{LINE}",
    f"{TEXT}\n— a+b {LINE[15:]}",
    f"{TEXT}\n— PeterNeumann x08g\n", f"{TEXT}\n— PeterNeumann {LINE[16:]}", f"{TEXT}\n{LINE}" + LINE * 200,
])  # fmt: skip
def test_what_is_no_note_is_refused(text):
    with pytest.raises(FileError):
        notes.parse(text)


@pytest.mark.parametrize("size", ["-1", "007", "1e3", "１", "", "99999999999999999999"])
def test_what_is_no_size_is_refused(size):
    with pytest.raises(FileError):
        checkpoints.parse(CHECKPOINT.replace("20852163", size))


@pytest.mark.parametrize("line", [
    PUBLIC.replace("c74f20a3", "c74f20a4"), PUBLIC.replace("PeterNeumann", "Peter Neumann"), PUBLIC[:-1], "x+y", "",
    PUBLIC.replace("ARpc", "BRpc"),
])  # fmt: skip
def test_a_changed_key_is_refused(line):
    with pytest.raises(FileError):
        notes.public_key(line)


def test_keys_are_their_owners_alone_and_never_written_over(tmp_path):
    path = tmp_path / "kept" / "key"
    made = keys.make(path, "a.example/log", notes.LOG)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys.load(path, notes.LOG).public == made.public
    with pytest.raises(FileError, match="never written over"):
        keys.make(path, "a.example/log", notes.LOG)
    with pytest.raises(FileError, match="witness"):
        keys.load(path, notes.WITNESS)
    path.chmod(0o640)
    with pytest.raises(FileError, match="chmod 600"):
        keys.load(path, notes.LOG)
    with pytest.raises(MissingError):
        keys.load(tmp_path / "none", notes.LOG)


def test_a_policy_counts_witnesses_by_its_groups():
    log = notes.SecretKey.made("a.example/log", notes.LOG)
    seers = [notes.SecretKey.made(f"w{i}.example", notes.WITNESS) for i in range(4)]
    lines = [f"log {log.public}", *(f"witness w{i} {each.public}" for i, each in enumerate(seers))]
    rule = ["group two 2 w0 w1 w2", "group both all two w3", "quorum both"]
    policy = Policy.parse("# whom we trust\n\n" + "\n".join(lines + rule))
    made = checkpoints.signed(log, 0, hashlib.sha256().digest())

    def cosigned(*which):
        return made._replace(
            note=made.note.with_signatures([seers[i].sign(made.note.text, 7) for i in which])
        )

    assert policy.check(cosigned(0, 2, 3)) == {"w0": 7, "w2": 7, "w3": 7}
    for few in ((), (0, 1, 2), (0, 3), (3,)):
        with pytest.raises(ProofError, match="too few witnesses"):
            policy.check(cosigned(*few))
    with pytest.raises(ProofError, match="not signed by a key"):
        policy.check(cosigned(0, 1, 3), [seers[0].public])


def test_one_trusted_log_does_not_sign_for_another():
    one, other = (notes.SecretKey.made(f"{name}.example/log", notes.LOG) for name in "ab")
    made = checkpoints.signed(one, 0, hashlib.sha256().digest())
    policy = Policy.of(one.public, other.public)
    assert policy.check(made) == {}
    stolen = made._replace(note=notes.Note(made.note.text, (other.sign(made.note.text),)))
    with pytest.raises(ProofError, match="not signed by a key"):
        policy.check(stolen)
    # A witness of the log's own name has seen it, and is not the log.
    seer = notes.SecretKey.made(one.public.name, notes.WITNESS)
    seen = made._replace(note=notes.Note(made.note.text, (seer.sign(made.note.text, 7),)))
    with pytest.raises(ProofError, match="not signed by a key"):
        policy.check(seen, [one.public, seer.public])


@pytest.mark.parametrize("text", [
    "", "quorum w", "quorum none\nquorum none", "log x", "group g any\nquorum none", "shout\nquorum none",
    f"log {PUBLIC}\nlog {PUBLIC}\nquorum none", f"witness w {PUBLIC}\nquorum none", "group g 1 h\nquorum none",
])  # fmt: skip
def test_a_policy_that_can_not_be_is_refused(text):
    with pytest.raises(FileError, match=r"policy"):
        Policy.parse(text)


def test_canonical_json_is_that_of_rfc_8785():
    said = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    assert canonical.canonical(said).decode() == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    names = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    assert list(canonical.parsed(canonical.canonical(names)).values()) == [2, 4, 6, 7, 1, 5, 3]


@pytest.mark.parametrize(
    "text", ['{"a":1,"a":2}', '{"a": 1}', '{"b":1,"a":2}', "[1.0]", '["\\u0041"]', "NaN", "{", "[" * 100_000]
)
def test_what_is_not_canonical_is_refused(text):
    with pytest.raises(FileError):
        canonical.parsed(text.encode())
