"""Waiting until something answers."""

import asyncio
import json
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from blogctl.failure import Failure

POLL_SECONDS = 0.05
_direct = build_opener(ProxyHandler({}))  # this machine's own addresses, whatever proxy it uses (httpx imports 0.3 s)


async def wait_ready(name: str, url: str, *, within: float = 60) -> None:
    """Wait until a GET answers with a success.

    Args:
        name: Who should answer, for the message.
        url: What is asked.
        within: Seconds to wait in all.

    Raises:
        Failure: No success in that time; carries the last answer.
    """
    last = "nothing answered"
    try:
        async with asyncio.timeout(within):
            while True:
                try:
                    await asyncio.to_thread(_get, url)
                except HTTPError as error:
                    last = f"it answered {error.code}"
                except OSError as error:
                    last = str(error)
                else:
                    return
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError as error:
        raise Failure(f"{name} is not ready after {within:.0f} s: {url}: {last}") from error


async def version(url: str) -> str:
    """Ask a service what runs there.

    Args:
        url: The service's address.

    Returns:
        The commit that it was started from.
    """
    return str(json.loads(await asyncio.to_thread(_get, f"{url}/version"))["git_sha"])


def _get(url: str) -> bytes:
    with _direct.open(url, timeout=5) as answer:
        return bytes(answer.read())
