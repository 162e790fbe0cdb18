import asyncio
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey
from structlog.testing import capture_logs

from chassis.problems import Unauthorized
from kit.refusals import assert_refused
from user_service import keys
from user_service.app import create_app
from user_service.keys import ID_FORMAT, NoKeys, SigningKeys
from user_service.settings import UserSettings

from .factories import bearer, log_in, register

SETTLE = timedelta(minutes=3)
FIRST, SECOND = "20260101T000000Z", "20260201T000000Z"


@pytest.fixture(autouse=True)
def read_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "REREAD_SECONDS", 0)


def write_key(directory: Path, key_id: str) -> Path:
    path = directory / f"{key_id}.pem"
    path.write_bytes(ECKey.generate_key("P-256").as_pem(private=True))
    return path


def id_of(age: timedelta) -> str:
    """The id of a key that was made so long ago."""
    return (datetime.now(UTC) - age).strftime(ID_FORMAT)


def test_a_new_key_is_its_owners_alone(tmp_path: Path) -> None:
    made = keys.make(tmp_path / "new" / "keys")

    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700
    assert datetime.now(UTC) - datetime.strptime(made.stem, ID_FORMAT).replace(tzinfo=UTC) < timedelta(seconds=10)
    assert SigningKeys(made.parent, settle=SETTLE).signer().kid == made.stem


@pytest.mark.parametrize(
    ("ages", "signs"),
    [
        ([timedelta(days=30), timedelta(days=1)], 1),
        ([timedelta(days=30), timedelta(minutes=1)], 0),  # not every pod has read the newer one yet
        ([timedelta(days=30), timedelta(minutes=4)], 1),
        ([timedelta(minutes=2), timedelta(minutes=1)], 0),  # all are new: the one that was there first
        ([timedelta(minutes=1)], 0),
    ],
)
def test_the_newest_key_that_has_settled_signs(tmp_path: Path, ages: list[timedelta], signs: int) -> None:
    ids = [id_of(age) for age in ages]
    for key_id in ids:
        write_key(tmp_path, key_id)

    assert SigningKeys(tmp_path, settle=SETTLE).signer().kid == ids[signs]


def test_a_key_is_published_before_it_signs_and_only_its_public_half(tmp_path: Path) -> None:
    write_key(tmp_path, FIRST)
    signing = SigningKeys(tmp_path, settle=SETTLE)
    new = keys.make(tmp_path)

    published = signing.published()["keys"]

    assert isinstance(published, list)
    assert [key["kid"] for key in published] == [FIRST, new.stem]
    assert signing.signer().kid == FIRST
    for key in published:
        assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
        assert (key["kty"], key["crv"], key["use"], key["alg"]) == ("EC", "P-256", "sig", "ES256")


def test_a_withdrawn_key_is_known_no_longer(tmp_path: Path) -> None:
    first = write_key(tmp_path, FIRST)
    write_key(tmp_path, SECOND)
    signing = SigningKeys(tmp_path, settle=SETTLE)
    before = asyncio.run(signing.find(FIRST))

    first.unlink()

    assert before is not None
    assert asyncio.run(signing.find(FIRST)) is None
    assert signing.signer().kid == SECOND


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (f"{SECOND}.pem", b"-----BEGIN PRIVATE KEY-----\n"),
        (f"{SECOND}.pem", b""),
        (f"{SECOND}.pem", RSAKey.generate_key(2048).as_pem(private=True)),
        (f"{SECOND}.pem", ECKey.generate_key("P-384").as_pem(private=True)),
        (f"{SECOND}.pem", ECKey.generate_key("P-256").as_pem(private=False)),
        ("second.pem", ECKey.generate_key("P-256").as_pem(private=True)),
    ],
    ids=["cut off", "empty", "RSA", "another curve", "public", "named otherwise"],
)
def test_a_key_that_can_not_sign_is_left_out_and_logged(tmp_path: Path, name: str, content: bytes) -> None:
    write_key(tmp_path, FIRST)
    (tmp_path / name).write_bytes(content)

    with capture_logs() as logged:
        signing = SigningKeys(tmp_path, settle=SETTLE)

    assert [(line["event"], line["file"]) for line in logged] == [("key_ignored", str(tmp_path / name))]
    assert signing.signer().kid == FIRST


def test_a_file_that_can_not_be_read_is_left_out(tmp_path: Path) -> None:
    write_key(tmp_path, FIRST)
    (tmp_path / f"{SECOND}.pem").symlink_to(tmp_path / "gone")

    with capture_logs() as logged:
        signing = SigningKeys(tmp_path, settle=SETTLE)

    assert [line["event"] for line in logged] == ["key_ignored"]
    assert signing.signer().kid == FIRST


def test_without_a_key_there_is_nothing_to_sign_with(tmp_path: Path) -> None:
    (tmp_path / "README").write_text("keys", "utf-8")

    with pytest.raises(NoKeys, match="holds no key"):
        SigningKeys(tmp_path, settle=SETTLE)


def test_the_last_keys_serve_while_the_directory_is_empty(tmp_path: Path) -> None:
    path = write_key(tmp_path, FIRST)
    signing = SigningKeys(tmp_path, settle=SETTLE)
    path.unlink()

    with capture_logs() as logged:
        signer = signing.signer()

    assert signer.kid == FIRST
    assert [line["event"] for line in logged] == ["keys_unreadable"]


def test_public_keys_may_be_kept_for_a_minute(client: TestClient) -> None:
    answer = client.get("/.well-known/jwks.json")

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "max-age=60")
    assert [key["alg"] for key in answer.json()["keys"]] == ["ES256"]


def test_tokens_outlive_a_rotation_until_their_key_is_withdrawn(
    settings: UserSettings, client: TestClient, tmp_path: Path
) -> None:
    def key_id(headers: dict[str, str]) -> object:
        return jws.extract_compact(headers["Authorization"].removeprefix("Bearer ").encode()).headers()["kid"]

    first = write_key(tmp_path, FIRST)
    with TestClient(create_app(settings.model_copy(update={"keys_dir": tmp_path}))) as rotating:
        register(rotating)
        before = bearer(log_in(rotating))
        write_key(tmp_path, SECOND)
        after = bearer(log_in(rotating))
        both = [rotating.get("/users/me", headers=headers).status_code for headers in (before, after)]
        first.unlink()
        withdrawn, kept = (rotating.get("/users/me", headers=headers) for headers in (before, after))

    assert (key_id(before), key_id(after)) == (FIRST, SECOND)
    assert both == [200, 200]
    assert_refused(withdrawn, Unauthorized, detail="The token is signed by nobody that is known.")
    assert kept.status_code == 200
