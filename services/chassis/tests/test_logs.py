from pathlib import Path

import httpx

from .process import Running, running


def test_lines_of_libraries_look_like_ours(notebook: Running) -> None:
    (started,) = notebook.logged("Application startup complete.")

    assert set(started) == {"timestamp", "level", "event", "service"}
    assert (started["level"], started["service"]) == ("info", "notebook")


def test_a_person_hears_nothing_while_all_is_well(notebook: Running) -> None:
    httpx.get(f"{notebook.url}/livez")

    assert notebook.stderr == ""


def test_a_higher_level_leaves_out_what_is_below(blog_url: str, tmp_path: Path) -> None:
    with running(tmp_path, MONGO_URL=blog_url, LOG_LEVEL="ERROR") as quiet:
        httpx.get(f"{quiet.url}/nowhere")
        httpx.get(f"{quiet.url}/broken")

        assert quiet.logged("request_failed")
        assert {line["level"] for line in quiet.lines} == {"error"}
