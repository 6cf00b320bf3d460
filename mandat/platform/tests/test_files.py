import errno
import hashlib
import os
from io import BytesIO
from pathlib import Path

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from mandat.platform import durable
from mandat.platform.files import FileCorrupted, open_verified, place_of, shown_name, store
from mandat.platform.models import StoredFile

CONTENT = b"Etats financiers\n" * 200_000  # more than one chunk


@pytest.fixture
def folder(settings, tmp_path):
    disk = {"BACKEND": "mandat.platform.files.DurableFolder", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": disk}
    return tmp_path


@pytest.fixture
def bucket(settings, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "tests")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ca-central-1")
    options = {"bucket_name": "mandat-tests", "default_acl": None, "querystring_auth": True}
    s3 = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"default": s3}
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="mandat-tests", CreateBucketConfiguration={"LocationConstraint": "ca-central-1"})
        yield client


@pytest.fixture(params=["folder", "bucket"])
def storage(request):
    return request.getfixturevalue(request.param)


def keep(content=CONTENT, name="états.pdf", media_type="application/pdf"):
    return store(BytesIO(content), name=name, media_type=media_type)


@pytest.mark.django_db
def test_what_is_stored_comes_back_whole(storage):
    file = keep()
    assert (file.size, file.sha256) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    assert (file.name, file.media_type) == ("états.pdf", "application/pdf")
    with open_verified(file) as opened:
        assert opened.read() == CONTENT


@pytest.mark.django_db
def test_the_same_content_is_kept_once_under_each_of_its_names(folder):
    one, other = keep(name="a.pdf"), keep(name="b.pdf")
    assert [each.name for each in StoredFile.objects.all()] == ["a.pdf", "b.pdf"]
    assert one.sha256 == other.sha256
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1


@pytest.mark.django_db
def test_the_same_content_is_kept_once_in_a_bucket(bucket):
    keep(name="a.pdf")
    keep(name="b.pdf")
    assert bucket.list_objects_v2(Bucket="mandat-tests")["KeyCount"] == 1


@pytest.mark.django_db
def test_an_empty_file_is_a_file(storage):
    with open_verified(keep(b"")) as opened:
        assert opened.read() == b""


@pytest.mark.django_db
def test_one_changed_byte_is_found_out(folder):
    file = keep()
    path = folder / place_of(file.sha256)
    changed = bytearray(CONTENT)
    changed[-1] ^= 1
    path.write_bytes(changed)
    with pytest.raises(FileCorrupted, match="has changed"):
        open_verified(file)


@pytest.mark.django_db
def test_one_changed_byte_is_found_out_in_a_bucket(bucket):
    file = keep()
    bucket.put_object(Bucket="mandat-tests", Key=place_of(file.sha256), Body=CONTENT[:-1])
    with pytest.raises(FileCorrupted, match="has changed"):
        open_verified(file)


@pytest.mark.django_db
def test_a_missing_file_is_found_out(storage):
    file = keep()
    default_storage.delete(place_of(file.sha256))
    with pytest.raises(FileCorrupted, match="is missing"):
        open_verified(file)


@pytest.mark.django_db
@pytest.mark.parametrize("broken", ["write", "fsync"])
def test_a_disk_that_fails_leaves_neither_half_a_file_nor_a_row(folder, monkeypatch, broken):
    def fail(*_):
        raise OSError(errno.ENOSPC, "no space left")

    if broken == "fsync":
        monkeypatch.setattr(durable.os, "fsync", fail)
    else:
        monkeypatch.setattr(ContentFile.__mro__[1], "chunks", lambda *_: iter([b"half", fail]))
    with pytest.raises((OSError, TypeError)):
        keep()
    assert not [path for path in folder.rglob("*") if path.is_file()]
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_content_reaches_the_disk_before_its_place(folder, monkeypatch):
    steps = []
    replace, fsync = Path.replace, os.fsync
    monkeypatch.setattr(durable.os, "fsync", lambda fd: (steps.append("fsync"), fsync(fd)))
    monkeypatch.setattr(Path, "replace", lambda path, to: (steps.append("place"), replace(path, to)))
    keep()
    assert steps == ["fsync", "place", "fsync"]


@pytest.mark.django_db
def test_files_are_for_us_alone(folder):
    path = folder / place_of(keep().sha256)
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\états 2027.pdf", "états 2027.pdf"),
        ("facture\u202efdp.exe", "facturefdp.exe"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        (".htaccess", "htaccess"),
        ("", "document"),
        ("/", "document"),
        ("e\u0301tat.pdf", "état.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_a_hostile_name_is_only_ever_shown(name, shown):
    assert shown_name(name) == shown


@given(st.text(max_size=400))
def test_any_name_can_be_shown(name):
    shown = shown_name(name)
    assert 0 < len(shown) <= 150
    assert "/" not in shown
    assert shown.isprintable()


@pytest.mark.django_db
@pytest.mark.parametrize("media_type", ["text/html; charset=x", "", "../x", "text/html\r\nX: y", "x" * 200])
def test_an_odd_media_type_is_plain_bytes(folder, media_type):
    assert keep(b"x", media_type=media_type).media_type == "application/octet-stream"


@pytest.mark.django_db
def test_a_row_cannot_name_a_place_of_its_own():
    with pytest.raises(IntegrityError, match="file_has_a_sha256"):
        StoredFile.objects.create(
            sha256="../" * 21 + "x", size=0, name="x", media_type="a/b", stored_at="2027-01-01T00:00:00Z"
        )
