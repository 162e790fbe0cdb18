"""Who is asking: bearer tokens that user-service signs and every service can verify by its public keys."""

import asyncio
import time
from dataclasses import dataclass
from typing import Annotated, Protocol

import httpx
import structlog
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from chassis.problems import Unauthorized, Unavailable

ISSUER = "blog-platform/user-service"
AUDIENCE = "blog-platform"
ALGORITHM = "ES256"
ADMIN = "admin"
INVALID = 'Bearer error="invalid_token"'
LEEWAY_SECONDS = 5  # clocks of two nodes differ a little

log = structlog.get_logger()
_claims = jwt.JWTClaimsRegistry(
    now=lambda: int(time.time()),
    leeway=LEEWAY_SECONDS,
    iss={"essential": True, "value": ISSUER},
    aud={"essential": True, "value": AUDIENCE},
    sub={"essential": True},
    exp={"essential": True},
)


class KeysUnavailable(Unavailable):
    """user-service, which publishes the keys, doesn't answer, and none is known."""

    title = "Your login can't be checked right now"


@dataclass(frozen=True)
class Caller:
    """Who holds the token."""

    name: str
    is_admin: bool


class PublicKeys(Protocol):
    """Where the key that signed a token is looked up."""

    async def find(self, key_id: str) -> ECKey | None:
        """Give the key of that id, or nothing if nobody published it."""


class Jwks:
    """The published keys of user-service, kept between requests (RFC 7517).

    A key id that isn't known asks again at once, so that a new key works from its first token; not more often
    than every `patience_seconds`, so that forged ids can't make us hammer user-service. Keys are read again
    every `fresh_seconds`, so that a withdrawn key stops working. While user-service is away the known keys serve.
    """

    def __init__(
        self, url: str, client: httpx.AsyncClient, *, fresh_seconds: float = 300, patience_seconds: float = 5
    ) -> None:
        self._url = url
        self._client = client
        self._fresh_seconds = fresh_seconds
        self._patience_seconds = patience_seconds
        self._keys: dict[str, ECKey] = {}
        self._read_at = self._asked_at = self._answered_at = float("-inf")
        self._asking = asyncio.Lock()

    async def find(self, key_id: str) -> ECKey | None:
        """Give the key of that id.

        Raises:
            KeysUnavailable: No key is known, and user-service doesn't answer.
        """
        now = time.monotonic()
        if key_id not in self._keys or now - self._read_at > self._fresh_seconds:
            async with self._asking:
                # Whoever waited here while another asked has the same answer now, even if it is none.
                if now > self._answered_at and (not self._keys or now - self._asked_at > self._patience_seconds):
                    await self._read()
                    self._answered_at = time.monotonic()
        if not self._keys:
            raise KeysUnavailable
        return self._keys.get(key_id)

    async def _read(self) -> None:
        self._asked_at = time.monotonic()
        try:
            answer = await self._client.get(self._url)
            published = KeySet.import_key_set(answer.raise_for_status().json())
        except (httpx.HTTPError, TypeError, ValueError, KeyError, JoseError) as error:  # away, or no JWKS
            log.warning("jwks_unreadable", url=self._url, reason=str(error) or type(error).__name__)
            return
        self._keys = {key.kid: key for key in published.keys if key.kid and isinstance(key, ECKey)}
        self._read_at = time.monotonic()


async def verify(token: str, keys: PublicKeys) -> Caller:
    """Check a token's signature, issuer, audience and time (RFC 9068, 4).

    Args:
        token: The text after `Bearer`.
        keys: Where its key is looked up.

    Returns:
        Who holds it.

    Raises:
        Unauthorized: It is malformed, forged, unsigned, expired, or meant for somebody else.
    """
    try:
        key_id = jws.extract_compact(token.encode()).headers().get("kid")
        key = await keys.find(key_id) if isinstance(key_id, str) else None
        if key is None:
            raise Unauthorized("The token is signed by nobody that is known.", WWW_Authenticate=INVALID)
        claims = jwt.decode(token, key, algorithms=[ALGORITHM]).claims
        _claims.validate(claims)
    except (JoseError, ValueError) as error:
        raise Unauthorized(f"The token does not hold: {error}", WWW_Authenticate=INVALID) from error
    return Caller(name=str(claims["sub"]), is_admin=ADMIN in claims.get("roles", []))


_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="What POST /token gave.")


async def caller(request: Request, sent: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Caller:
    """Name who asks, or refuse. The lifespan's state has to hold `keys`."""
    if sent is None:
        raise Unauthorized
    return await verify(sent.credentials, request.state.keys)


LoggedIn = Annotated[Caller, Depends(caller)]
