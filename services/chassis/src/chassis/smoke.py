"""`python -m chassis.smoke ADDRESS …`: whether what was just deployed answers, and is what was deployed.

It runs in an image of its own service, so that image's commit (`GIT_SHA`) is the one that must be serving.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import httpx
import typer

WITHIN_SECONDS = 10.0  # rollouts are done by then; only nodes may still learn who serves
PAUSE_SECONDS = 1.0
cli = typer.Typer(add_completion=False)


@dataclass(frozen=True)
class Check:
    """One address, and what its JSON has to say."""

    url: str
    fault: Callable[[Any], str]

    def complaint(self, client: httpx.Client) -> str:
        """Ask once.

        Returns:
            What is wrong, in one line; nothing if all is well.
        """
        try:
            answer = client.get(self.url).raise_for_status()
            fault = self.fault(answer.json())
        except httpx.HTTPStatusError as error:
            fault = f"answers {error.response.status_code}"
        except (httpx.HTTPError, ValueError) as error:  # away, or no JSON
            fault = str(error) or type(error).__name__
        return f"{self.url}: {fault}" if fault else ""


def list_of_posts(said: Any) -> str:
    """Find fault with an answer of `GET /posts`."""
    titled = isinstance(said, list) and all(isinstance(each, dict) and "title" in each for each in said)
    return "" if titled else "is no list of posts"


def keys(said: Any) -> str:
    """Find fault with a JWKS (RFC 7517): without a key nobody's login can be checked."""
    return "" if isinstance(said, dict) and said.get("keys") else "holds no key"


def runs(commit: str) -> Callable[[Any], str]:
    """Make the check that `GET /version` names this commit."""

    def fault(said: Any) -> str:
        found = said.get("git_sha") if isinstance(said, dict) else None
        return "" if found == commit else f"runs {found}, not {commit}"

    return fault


def wait(checks: list[Check], *, within: float) -> list[str]:
    """Ask until nothing is wrong.

    Args:
        checks: What must hold, all at once.
        within: Seconds after which it has failed.

    Returns:
        What was wrong the last time that was asked; nothing if all is well.
    """
    until = time.monotonic() + within
    with httpx.Client(
        timeout=5, headers={"Connection": "close"}
    ) as client:  # each time any pod, not the same one again
        while True:
            complaints = [complaint for check in checks if (complaint := check.complaint(client))]
            if not complaints or time.monotonic() > until:
                return complaints
            time.sleep(PAUSE_SECONDS)


@cli.command()
def smoke(
    version: Annotated[list[str], typer.Option(help="A service's /version, which must name this image's commit.")],
    posts: Annotated[list[str] | None, typer.Option(help="A list of posts.")] = None,
    jwks: Annotated[list[str] | None, typer.Option(help="The keys that tokens are verified by.")] = None,
    within: Annotated[float, typer.Option(help="Seconds.")] = WITHIN_SECONDS,
) -> None:
    """Fail, with a line for each thing that is wrong, unless all of it is well in time.

    Raises:
        SystemExit: Something is still wrong; status 1.
    """
    checks = [Check(url, runs(os.environ.get("GIT_SHA", "unknown"))) for url in version]
    checks += [Check(url, list_of_posts) for url in posts or []]
    checks += [Check(url, keys) for url in jwks or []]
    if complaints := wait(checks, within=within):
        raise SystemExit("\n".join(complaints))
    typer.echo("\n".join(f"{check.url}: well" for check in checks))


if __name__ == "__main__":
    cli()
