"""What a reader does after the first apply, in the chapter's order, and must see."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from blogctl import ports
from cluster.applied import Platform

READY_WITHIN = 180  # twice what is promised of an idle machine: what it took is printed
SAMPLE_POSTS = 5


def mongosh(platform: Platform, typed: str) -> str:
    """Type a line into `kubectl exec -it mongo-0 -- mongosh`, and give what the shell prints."""
    shell = ["kubectl", "-n", platform.cluster.namespace, "exec", "-i", "mongo-0", "--", "mongosh", "--quiet"]
    done = subprocess.run(shell, input=f"{typed}\n", capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr


@contextmanager
def port_forward(platform: Platform, service: str) -> Iterator[str]:
    port = ports.free(1)[0]
    line = ["kubectl", "-n", platform.cluster.namespace, "port-forward", f"svc/{service}", f"{port}:3000"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as forwarding:
        assert forwarding.stdout
        assert "Forwarding from" in forwarding.stdout.readline()
        yield f"http://127.0.0.1:{port}"
        forwarding.terminate()


def test_it_is_ready_soon(platform: Platform) -> None:
    if platform.ready_seconds is None:
        pytest.skip(f"{platform.cluster.namespace} was there before these tests")
    assert platform.ready_seconds < READY_WITHIN


def test_get_all_shows_every_pod_running_or_completed(platform: Platform) -> None:
    pods = platform.cluster.pods()

    assert {pod.name for pod in pods if not (pod.ready or pod.ended)} == set()
    assert {(app, sum(pod.app == app for pod in pods)) for app in ("posts", "user", "mongo", "frontend")} == {
        ("posts", 3),
        ("user", 2),
        ("mongo", 3),
        ("frontend", 2),
    }


def test_the_page_and_the_list_are_at_the_node_port(platform: Platform, api: httpx.Client) -> None:
    page, script, posts = httpx.get(platform.url), httpx.get(f"{platform.url}/app.js"), api.get("/posts")

    assert '<script type="module"' in page.text
    assert "fetch(" in script.text
    assert len(posts.json()) >= SAMPLE_POSTS
    assert all(post["title"] for post in posts.json())


def test_port_forward_leads_to_the_service_itself(platform: Platform) -> None:
    with port_forward(platform, "posts-service") as url:
        posts = httpx.get(f"{url}/posts").json()

    assert len(posts) >= SAMPLE_POSTS


@pytest.mark.parametrize("collection", ["posts", "users"])
def test_mongosh_reads_without_a_password(platform: Platform, collection: str) -> None:
    answer = mongosh(platform, f"print('count', db.{collection}.countDocuments())")

    assert "count " in answer, answer
    assert "requires authentication" not in answer


def test_mongosh_cannot_write(platform: Platform) -> None:
    assert "not authorized" in mongosh(platform, "db.posts.deleteMany({})")


def test_a_client_without_a_password_is_refused(platform: Platform) -> None:
    program = "try { db.getSiblingDB('blog').posts.findOne() } catch (error) { print(error.codeName) }"
    shell = ("mongosh", "--norc", "--quiet", "mongodb://mongo-0.mongo:27017/blog", "--eval", program)

    assert platform.cluster.ask("exec", "mongo-0", "-c", "mongod", "--", *shell) == "Unauthorized"


def test_statistics_are_made_by_the_cron_job(platform: Platform, api: httpx.Client) -> None:
    name = f"statistics-{int(time.time())}"
    platform.cluster.run("create", "job", name, "--from=cronjob/admin-backup")
    platform.cluster.run("wait", "--for=condition=complete", f"job/{name}", "--timeout=60s")
    platform.cluster.run("delete", "job", name)

    assert api.get("/stats").json()["posts"] >= SAMPLE_POSTS
