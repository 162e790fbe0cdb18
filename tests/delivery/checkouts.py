"""Real git repositories: an origin that is bare, and clones of it."""

import os
import resource
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from blogctl import checkout
from blogctl.deploy import images
from blogctl.deploy.environment import environments
from blogctl.deploy.images import UNDEPLOYED, Images

KEPT = ("services", "k8s/overlays", "argocd/repository", "docker-bake.hcl", ".dockerignore", "README.md")
SECONDS = 120  # a busy machine, and twenty pushes that race
# Nobody's own settings (hooks, signing, aliases) take part.
NOBODY = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
ADA = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ada"), ("EMAIL", "a@b.example"))
}
Answer = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Checkout:
    """A git repository in a directory, and what can be done there."""

    path: Path

    @property
    def head(self) -> str:
        return self.git("rev-parse", "HEAD")

    @property
    def state(self) -> tuple[str, str, str]:
        """All that a command that fails must leave as it was: the commit, the branch, and every file."""
        return self.head, self.git("branch", "--show-current"), self.git("status", "--porcelain")

    def git(self, *arguments: str) -> str:
        done = _run(["git", *arguments], self.path)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def blogctl(self, *arguments: str, **environment: str) -> Answer:
        return _run([sys.executable, "-m", "blogctl", *arguments], self.path, environment)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Run blogctl beside others."""
        command = [sys.executable, "-m", "blogctl", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=self.path, env=_environment({}), stdout=pipe, stderr=pipe, text=True)

    def commit(self, path: str, text: str, message: str = "a change") -> str:
        """Append to a file, and commit that."""
        file = self.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as opened:
            opened.write(text)
        self.git("add", "--", path)
        self.git("commit", "--quiet", "--message", message)
        return self.head

    def push(self) -> None:
        self.git("push", "--quiet", "origin", "HEAD:main")

    def bump(self, *wanted: str, source: str = "HEAD") -> str:
        """Bump dev, and give the commit."""
        done = self.blogctl("deploy", "bump", *wanted, "--source", source)
        assert done.returncode == 0, done.stderr
        return self.head

    def images(self, environment: str = "dev") -> Images:
        path = f"k8s/overlays/{environment}/images/kustomization.yaml"
        return images.read(self.path, path)


def digest(digit: str) -> str:
    """Give a digest that is easy to recognize."""
    return f"sha256:{digit * 64}"


def make_origin(path: Path) -> Checkout:
    """Make a bare repository with one commit: this tree's files, and nothing deployed anywhere."""
    tree = _copied(path.with_suffix(".tree"), *KEPT)
    for environment in environments(tree.path):
        _undeploy(tree.path / environment.images)
    _begin(tree)
    tree.git("clone", "--quiet", "--bare", ".", str(path))
    return Checkout(path)


def copy(path: Path) -> Checkout:
    """Make a repository with one commit: all that this tree has."""
    return _begin(_copied(path))


def _copied(path: Path, *kept: str) -> Checkout:
    """Copy this tree's files, or those below some paths."""
    listed = _run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *kept], checkout.ROOT)
    for name in filter(None, listed.stdout.split("\0")):
        if (checkout.ROOT / name).is_file():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(checkout.ROOT / name, path / name)
    return Checkout(path)


def _begin(tree: Checkout) -> Checkout:
    tree.git("init", "--quiet", "--initial-branch=main")
    tree.git("add", "--all")
    tree.git("commit", "--quiet", "--message", "the beginning")
    return tree


def clone(origin: Checkout, path: Path, *options: str) -> Checkout:
    """Clone a repository as a person does."""
    origin.git("clone", "--quiet", *options, f"file://{origin.path}", str(path))
    return Checkout(path)


def processor_seconds() -> float:
    """What programs that tests ran to their end have taken of a processor."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def one_line(answer: Answer) -> str:
    """Check that a command failed as it should, and give what it says beside the lines that it ran."""
    said = [line for line in answer.stderr.splitlines() if not line.startswith(("git ", "cosign ", "gh "))]
    assert (answer.returncode, answer.stdout, len(said)) == (1, "", 1), answer
    return said[0]


def _undeploy(path: Path) -> None:
    """Take the digests out, for a clone in which something was deployed."""
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("    digest: ")]
    path.write_text("".join(f"{_undeployed(line)}\n" for line in lines), "utf-8")


def _undeployed(line: str) -> str:
    return f"    newTag: {UNDEPLOYED}" if line.startswith("    newTag: ") else line


def _environment(more: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COV")}  # nobody counts its lines
    return {**kept, **NOBODY, **ADA, **more}


def _run(command: list[str], where: Path, more: dict[str, str] | None = None) -> Answer:
    env = _environment(more or {})
    return subprocess.run(command, cwd=where, env=env, capture_output=True, text=True, timeout=SECONDS, check=False)
