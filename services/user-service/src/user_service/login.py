"""Logging in: a name and a password for a short-lived, signed token."""

import secrets
import time
from datetime import timedelta

from joserfc import jwt

from chassis.tokens import ALGORITHM, AUDIENCE, ISSUER
from user_service.attempts import Attempts
from user_service.errors import WrongCredentials
from user_service.keys import SigningKeys
from user_service.passwords import Passwords
from user_service.schemas import Credentials, Token
from user_service.users import Users


class Login:
    """What it takes to log somebody in."""

    def __init__(
        self, users: Users, passwords: Passwords, attempts: Attempts, keys: SigningKeys, *, holds: timedelta
    ) -> None:
        self._users = users
        self._passwords = passwords
        self._attempts = attempts
        self._keys = keys
        self._seconds = int(holds.total_seconds())

    async def token(self, credentials: Credentials, address: str) -> Token:
        """Give a token for the right password.

        Args:
            credentials: What was typed.
            address: Where it comes from.

        Returns:
            A token that names the user and their roles.

        Raises:
            TooManyAttempts: This account or address has had its share.
            WrongCredentials: No such user, or not their password; both take the same time.
            TooManyLogins: The queue is too long.
        """
        name = credentials.username
        await self._attempts.count(name, address)
        password_hash, roles = await self._users.login(name) or (None, [])
        if not await self._passwords.matches(credentials.password.get_secret_value(), password_hash):
            raise WrongCredentials
        await self._attempts.forget(name)
        return Token(access_token=self._sign(name, roles), expires_in=self._seconds)

    def _sign(self, name: str, roles: list[str]) -> str:
        key, now = self._keys.signer(), int(time.time())
        header = {"alg": ALGORITHM, "kid": key.kid, "typ": "at+jwt"}  # RFC 9068, 2.1
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": name,
            "roles": roles,
            "iat": now,
            "exp": now + self._seconds,
            "jti": secrets.token_urlsafe(12),
        }
        return jwt.encode(header, claims, key)
