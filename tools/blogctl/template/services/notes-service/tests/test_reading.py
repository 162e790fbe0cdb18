import pytest
from fastapi.testclient import TestClient

from chassis.problems import Invalid
from kit.refusals import assert_refused
from notes_service.errors import EntryNotFound

from .factories import Headers, write


def test_the_newest_come_first(client: TestClient, minji: Headers) -> None:
    for text in ("하나", "둘", "셋"):
        write(client, minji, text)

    listed = client.get("/notes", params={"limit": 2})

    assert listed.status_code == 200
    assert [entry["text"] for entry in listed.json()] == ["셋", "둘"]


def test_one_is_read_as_it_was_written(client: TestClient, minji: Headers) -> None:
    written = write(client, minji)

    read = client.get(written.headers["Location"])

    assert (read.status_code, read.json()) == (200, written.json())


@pytest.mark.parametrize("entry_id", ["6744f3a0c2a1b2d3e4f5a6b7", "first"])
def test_an_id_that_names_nothing_is_not_found(client: TestClient, entry_id: str) -> None:
    assert_refused(client.get(f"/notes/{entry_id}"), EntryNotFound)


@pytest.mark.parametrize("limit", [0, 101, "ten"])
def test_a_limit_has_limits(client: TestClient, limit: object) -> None:
    assert_refused(client.get("/notes", params={"limit": str(limit)}), Invalid)
