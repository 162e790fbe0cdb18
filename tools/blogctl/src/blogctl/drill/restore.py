"""`blogctl drill restore`: the blog is backed up while people write, dropped, and restored; what is lost is counted."""

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import httpx

from blogctl import terminal
from blogctl.command import Command
from blogctl.drill.cluster import Cluster
from blogctl.drill.traffic import Author, Record, traffic
from blogctl.failure import Failure

NAME = "restore"
SUMMARY = "the database is dropped and restored; what anybody writes between its backup and the drop is lost"
SECRET = "restore"  # noqa: S105 (its name: cronjob/restore waits for it)
STEADY_SECONDS = 5  # of writes before the backup, and after it
SETTLE_SECONDS = 300
JOB_SECONDS = 240
SERVED_SECONDS = 60  # a pod is asked every five whether it is ready again
# Who has the members' own key may do anything, and needs no password that would be printed here.
DROP = """\
db.getSiblingDB("local").auth({user: "__system", mechanism: "SCRAM-SHA-256", \
pwd: require("fs").readFileSync("/run/keyfile/keyfile", "utf8").replace(/\\s/g, "")}); \
db.getSiblingDB("blog").dropDatabase()"""


@dataclass(frozen=True)
class Restored:
    """What was written, what of it came back, and how long it took."""

    backup: str  # its name
    moment: int  # of the backup, in seconds since 1970
    acknowledged: frozenset[str]  # ids of posts; each begins with the second in which it was made
    lost: frozenset[str]
    rto_seconds: float  # from the drop until the blog could be read and written again

    @property
    def rpo_seconds(self) -> int:
        """How much was lost: from the backup's moment to the last write."""
        return max(0, max(map(second_of, self.acknowledged), default=self.moment) - self.moment)

    def broken(self) -> list[str]:
        """Say what is wrong: exactly those writes may be lost that came after the backup's moment.

        A post's second is posts-service's, the moment's is MongoDB's, and a write takes its time in between: what
        differs by a second may be on either side.
        """
        early = [post for post in self.lost if second_of(post) < self.moment - 1]
        late = [post for post in self.acknowledged - self.lost if second_of(post) > self.moment + 1]
        wrong = {
            f"{len(early)} writes are lost that came before the backup's moment": early,
            f"{len(late)} writes are there that came after it": late,
            "nobody wrote before the backup": not self.acknowledged - self.lost,
            "nobody wrote after the backup": not self.lost,
        }
        return [said for said, happened in wrong.items() if happened]

    def __str__(self) -> str:
        """Give the verdict, a fact a line."""
        back = len(self.acknowledged - self.lost)
        return "\n".join(
            [
                f"backup   {self.backup}",
                f"writes   {len(self.acknowledged)} acknowledged, {back} of them are back, {len(self.lost)} lost",
                f"RPO      {self.rpo_seconds} s, from the backup's moment to the last write",
                f"RTO      {self.rto_seconds:.0f} s, from the drop until the blog could be read and written again",
                f"verdict  {'; '.join(self.broken()) or 'good: lost is what came after the backup, and nothing else'}",
            ]
        )


def second_of(post: str) -> int:
    """Tell when a post was made: an ObjectId begins with it."""
    return int(post[:8], 16)


def run(cluster: Cluster, url: str) -> Restored:
    """Run the drill.

    Args:
        cluster: Where; all of it has to be ready.
        url: The front door.

    Returns:
        What it cost.

    Raises:
        Failure: It could not be run, or the blog is not back; says what to do.
    """
    terminal.note(f"drill {NAME}: {SUMMARY}", style="bold")
    cluster.settle(within=SETTLE_SECONDS)
    run_id = secrets.token_hex(3)
    with traffic(url) as (author, record):
        time.sleep(STEADY_SECONDS)
        name, moment = _back_up(cluster, f"drill-backup-{run_id}")
        time.sleep(STEADY_SECONDS)
    dropped = time.monotonic()
    _drop(cluster)
    try:
        _restore(cluster, f"drill-restore-{run_id}")
        _served_again(author)
    except Failure as failure:
        raise Failure(
            f"{failure}; the database was dropped, {name} holds it: docs/en/12-backup-and-restore.md"
        ) from failure
    rto_seconds = time.monotonic() - dropped
    restored = _compared(author, record, name, moment, rto_seconds)
    author.tidy()
    cluster.run("delete", "job", f"drill-backup-{run_id}", f"drill-restore-{run_id}")
    return restored


def show(cluster: Cluster) -> None:
    """Print the lines of the drill, and run none."""
    terminal.note(f"# {NAME}: {SUMMARY}")
    _make(cluster, "drill-backup", "cronjob/admin-backup")
    _drop(cluster)
    _restore(cluster, "drill-restore")


def judged(restored: Restored) -> str:
    """Give the verdict, or fail with it.

    Raises:
        Failure: It is bad.
    """
    if wrong := restored.broken():
        terminal.answer(str(restored))
        raise Failure(f"the verdict is bad: {'; '.join(wrong)}")
    return str(restored)


def _back_up(cluster: Cluster, job: str) -> tuple[str, int]:
    """Back up; give the backup's name and its moment."""
    _make(cluster, job, "cronjob/admin-backup")
    events = map(json.loads, cluster.ask("logs", f"job/{job}", "-c", "backup").splitlines())
    written = next(event for event in events if event["event"] == "backup_written")
    return written["name"], int(datetime.fromisoformat(written["taken_at"]).timestamp())


def _drop(cluster: Cluster) -> None:
    shell = ("mongosh", "--norc", "--quiet", "--eval", DROP)
    cluster.run("exec", cluster.primary(), "-c", "mongod", "--", *shell)


def _restore(cluster: Cluster, job: str) -> None:
    with _credentials(cluster):
        _make(cluster, job, "cronjob/restore")


@contextmanager
def _credentials(cluster: Cluster) -> Iterator[None]:
    """Lend the migrations' user, who may write everything; without its password in a line that is printed."""
    kubectl, url = f"kubectl -n {cluster.namespace}", "{{.data.migrations_mongo_url | base64decode}}"
    read = f"{kubectl} get secret blog-secrets -o go-template='{url}'"
    make = f"{kubectl} create secret generic {SECRET} --from-file=mongo_url=/dev/stdin"
    try:
        cluster.do(Command(("sh", "-c", f"{read} | {make}")), within=30)
        yield
    finally:
        cluster.run("delete", "secret", SECRET, "--ignore-not-found")


def _make(cluster: Cluster, job: str, template: str) -> None:
    cluster.run("create", "job", job, f"--from={template}")
    done = ("wait", "--for=condition=complete", f"job/{job}", f"--timeout={JOB_SECONDS}s")
    cluster.run(*done, within=JOB_SECONDS + 10)


def _served_again(author: Author) -> None:
    """Wait until the list can be read, and a post be written.

    Raises:
        Failure: Not within a minute.
    """
    end, last = time.monotonic() + SERVED_SECONDS, ""
    with httpx.Client(base_url=author.api, headers=author.headers, timeout=20) as client:
        while time.monotonic() < end:
            try:
                client.get("/posts").raise_for_status()
                client.post("/posts", json={"title": "복구한 뒤", "body": "다시 쓸 수 있다."}).raise_for_status()
            except httpx.HTTPError as error:
                last = str(error).splitlines()[0]
                time.sleep(0.5)
            else:
                return
    raise Failure(f"the blog doesn't serve: {last}")


def _compared(author: Author, record: Record, name: str, moment: int, rto_seconds: float) -> Restored:
    lost = author.compare(record).lost
    ids = record.acknowledged
    return Restored(name, moment, frozenset(ids.values()), frozenset(ids[title] for title in lost), rto_seconds)
