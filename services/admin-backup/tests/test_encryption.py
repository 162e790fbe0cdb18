import gzip
import io

import pyrage
import pytest
from pyrage import x25519

from admin_backup.archive import Archive
from admin_backup.encryption import decrypting, encrypting, identities
from chassis.failure import Failure

from .command import Admin

KEY, ANOTHER = x25519.Identity.generate(), x25519.Identity.generate()
MIB = b"a" * 1024 * 1024


@pytest.fixture
def encrypted(admin: Admin) -> Admin:
    """The command, with an encrypted backup."""
    admin.given(BACKUP_RECIPIENTS=f"{ANOTHER.to_public()} {KEY.to_public()}").run("backup").answer  # noqa: B018
    return admin


def test_an_encrypted_backup_is_an_age_file_of_the_same_archive(encrypted: Admin) -> None:
    sealed = encrypted.archive().read_bytes()

    assert (encrypted.archive().suffix, sealed[:21]) == (".age", b"age-encryption.org/v1")
    opened = Archive(gzip.GzipFile(fileobj=io.BytesIO(pyrage.decrypt(sealed, [KEY]))))
    assert [head.collection for head in opened.heads] == ["idempotency", "posts", "users"]


@pytest.mark.parametrize("command", ["verify", "restore"])
def test_its_key_opens_it_as_age_keygen_writes_it(encrypted: Admin, command: str) -> None:
    arguments = [command, "--replace"] if command == "restore" else [command]
    key = f"# created: 2026-01-01T00:00:00Z\n# public key: {KEY.to_public()}\n{KEY}\n"

    assert encrypted.given(BACKUP_IDENTITY=key).run(*arguments).status == 0


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("", "BACKUP_IDENTITY or BACKUP_IDENTITY_FILE is needed"),
        (str(x25519.Identity.generate()), "BACKUP_IDENTITY is not the key that it was encrypted for"),
        ("AGE-SECRET-KEY-1HUNTER2", "BACKUP_IDENTITY: not a secret key of age (AGE-SECRET-KEY-1…)"),
        ("# nothing", "BACKUP_IDENTITY: no secret key of age in it (AGE-SECRET-KEY-1…)"),
    ],
    ids=["none", "another", "broken", "empty"],  # a key of each run in a test's name would part the workers of xdist
)
def test_without_its_key_it_stays_closed(encrypted: Admin, key: str, reason: str) -> None:
    failure = encrypted.given(BACKUP_IDENTITY=key).run("verify").failure

    assert (failure.endswith(reason), "HUNTER2" in failure) == (True, False)


def test_what_is_no_public_key_is_refused_before_anything_is_read(admin: Admin) -> None:
    failure = admin.given(BACKUP_RECIPIENTS="age1minji").run("backup").failure

    assert failure.startswith("BACKUP_RECIPIENTS: not a public key of age (age1…)")
    assert admin.files() == []


def test_a_stream_passes_through_both_ways() -> None:
    sealed = io.BytesIO()
    with encrypting(sealed, [KEY.to_public()]) as out:
        for _ in range(3):
            out.write(MIB)
    sealed.seek(0)

    with decrypting(sealed, identities(str(KEY))) as opened:
        assert b"".join(iter(lambda: opened.read(100_000), b"")) == MIB * 3


def test_a_stream_may_be_left_half_read() -> None:
    sealed = io.BytesIO(pyrage.encrypt(MIB, [KEY.to_public()]))

    with decrypting(sealed, [KEY]) as opened:
        assert opened.read(10) == MIB[:10]


def test_what_fails_below_is_raised_as_it_was() -> None:
    class Full:
        def write(self, _: bytes) -> int:
            raise Failure("no space")

    with pytest.raises(Failure, match="no space"), encrypting(Full(), [KEY.to_public()]) as out:
        out.write(MIB * 3)
