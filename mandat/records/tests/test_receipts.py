import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from mandat.filings.canonical import canonical
from mandat.filings.tests.world import World
from mandat.records.keys import KeysUnreadable, key_id, public_keys, published, renew, signing_key
from mandat.records.queries import receipt_keys, receipt_of
from mandat.records.receipts import FORMAT, NotGenuine, signed, verified
from mandat.records.verifier import verify_receipt

ROOT = Path(__file__).parents[3]
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = {key_id(KEY.public_key()): KEY.public_key()}
BODY = {
    "format": FORMAT, "number": "F-2026-000123-4", "ordinal": 1, "at": "2026-11-23T12:00:00+00:00",
    "sha256": "0" * 64, "signer": {"name": "Éloïse Côté"}, "registrant": {"name": "Gestion Anse-Bleue inc."},
    "supersedes": None, "demo": True,
}  # fmt: skip
GENUINE = signed(BODY, KEY)


def test_a_genuine_receipt_is_accepted_and_read():
    assert verified(GENUINE, KEYS) == BODY


def test_the_same_receipt_and_key_make_the_same_file():
    assert signed(dict(reversed(BODY.items())), KEY) == GENUINE


def test_every_change_of_one_bit_is_rejected():
    for place in range(len(GENUINE)):
        for bit in range(8):
            changed = bytearray(GENUINE)
            changed[place] ^= 1 << bit
            with pytest.raises(NotGenuine):
                verified(bytes(changed), KEYS)


@settings(max_examples=1500)
@given(st.integers(0, len(GENUINE) - 1), st.binary(max_size=2))
def test_every_byte_changed_added_or_taken_away_is_rejected(place, instead):
    changed = GENUINE[:place] + instead + GENUINE[place + 1 :]
    if changed != GENUINE:
        with pytest.raises(NotGenuine):
            verified(changed, KEYS)
    with pytest.raises(NotGenuine):
        verified(GENUINE[:place] + (instead or b" ") + GENUINE[place:], KEYS)


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps).map(str.encode)
)
def test_no_other_file_is_accepted_nor_breaks_the_verifier(file):
    with pytest.raises(NotGenuine):
        verified(file, KEYS)


@pytest.mark.parametrize(
    "whole",
    [
        {"receipt": BODY, "signature": {}},
        {"receipt": BODY, "signature": {"algorithm": "Ed25519", "key": next(iter(KEYS)), "value": 12}},
        {"receipt": BODY, "signature": {"algorithm": "none", "key": next(iter(KEYS)), "value": ""}},
        {"receipt": BODY, "signature": {"algorithm": "Ed25519", "key": [], "value": ""}},
        {"receipt": [], "signature": []},
        {"receipt": BODY | {"format": "mandat-receipt/2"}, "signature": {}},
    ],
)
def test_what_has_not_the_form_of_a_receipt_is_rejected(whole):
    with pytest.raises(NotGenuine):
        verified(canonical(whole), KEYS)


def test_a_receipt_signed_with_another_key_is_rejected():
    with pytest.raises(NotGenuine):
        verified(signed(BODY, Ed25519PrivateKey.generate()), KEYS)


def test_a_key_is_made_once_and_its_owner_alone_reads_it(tmp_path):
    folder = tmp_path / "keys"
    first = signing_key(folder)
    assert signing_key(folder).private_bytes_raw() == first.private_bytes_raw()
    assert stat.S_IMODE((folder / "signing.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [each["kid"] for each in published(folder)["keys"]] == [key_id(first.public_key())]


def test_receipts_outlive_the_renewal_of_the_key(tmp_path):
    old = signed(BODY, signing_key(tmp_path))
    renewed = renew(tmp_path)
    new = signed(BODY, signing_key(tmp_path))
    keys = public_keys(published(tmp_path))
    assert old != new
    assert verified(old, keys) == verified(new, keys) == BODY
    assert list(keys)[-1] == renewed


def test_a_published_key_stands_under_its_own_thumbprint(tmp_path):
    signing_key(tmp_path)
    jwk_set = published(tmp_path)
    for spoiled in ({"kid": "autre"}, {"crv": "Ed448"}, {"x": "AA"}, {"x": None}):
        with pytest.raises(KeysUnreadable):
            public_keys({"keys": [jwk_set["keys"][0] | spoiled]})
    with pytest.raises(KeysUnreadable):
        public_keys([])


@pytest.fixture
def files(tmp_path):
    receipt = signed(BODY, signing_key(tmp_path))
    (tmp_path / "receipt.json").write_bytes(receipt)
    (tmp_path / "changed.json").write_bytes(receipt.replace(b"000123", b"000124"))
    return tmp_path


@pytest.mark.parametrize(
    ("file", "keys", "genuine"),
    [
        ("receipt.json", "published.json", True),
        ("changed.json", "published.json", False),
        ("published.json", "published.json", False),
        ("absent.json", "published.json", None),
        ("receipt.json", "absent.json", None),
        ("receipt.json", "receipt.json", None),
    ],
)
def test_the_command_answers_by_its_exit_code_and_as_json(files, capsys, file, keys, genuine):
    code = {True: 0, False: 1, None: 2}[genuine]
    assert verify_receipt([str(files / file), "--keys", str(files / keys), "--json"]) == code
    assert json.loads(capsys.readouterr().out)["genuine"] is genuine
    assert verify_receipt([str(files / file), "--keys", str(files / keys)]) == code
    assert capsys.readouterr().out.startswith(
        {True: "Genuine: F-2026", False: "Not genuine", None: "Cannot tell"}[genuine]
    )


def test_anyone_verifies_without_settings_or_database(files):
    words = ["verify-receipt", str(files / "receipt.json"), "--keys", str(files / "published.json")]
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("MANDAT_", "DJANGO_", "PG"))}
    done = subprocess.run(
        [sys.executable, "manage.py", *words], env=bare, capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Éloïse Côté" in done.stdout


@pytest.mark.django_db
def test_a_filing_s_receipt_says_what_was_filed_by_whom_and_under_what_authority():
    world = World()
    submission = world.submit(world.draft())
    receipt = verified(receipt_of(submission), public_keys(receipt_keys()))
    assert receipt_of(submission) == receipt_of(submission)
    assert receipt["sha256"] == submission.sha256
    assert receipt["type"] == {"code": "ESSAI", "version": 1, "title": "Dépôt d’essai"}
    assert receipt["signer"]["capacities"] == receipt["authority"]["capacities"] == ["proxy"]
    assert receipt["authority"]["on_behalf_of"] == str(world.firm.public_id)
    assert receipt["authority"]["assurance"] == "two_factors"
    assert (receipt["at"], receipt["demo"]) == (submission.at.isoformat(), False)


@pytest.mark.django_db
def test_a_receipt_that_is_read_back_from_the_database_is_the_same():
    world = World()
    submission = world.submit(world.draft())
    assert receipt_of(type(submission).objects.get(pk=submission.pk)) == receipt_of(submission)
