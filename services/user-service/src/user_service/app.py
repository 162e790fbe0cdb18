"""user-service: what is opened at start-up, and what is mounted."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from fastapi import FastAPI

from chassis import mongo
from chassis.service import service
from user_service.attempts import Attempts
from user_service.keys import SigningKeys
from user_service.login import Login
from user_service.migrations import SCHEMA
from user_service.passwords import Passwords
from user_service.routes import router
from user_service.settings import SERVICE, UserSettings
from user_service.users import Users


def create_app(settings: UserSettings) -> FastAPI:
    """Make the app.

    Args:
        settings: Where MongoDB and the keys are, and the limits.

    Returns:
        The app; its lifespan opens the connections.

    Raises:
        NoKeys: There is no key to sign with.
    """
    keys = SigningKeys(settings.keys_dir, settle=timedelta(seconds=settings.key_settle_seconds))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        url = settings.mongo_url.get_secret_value()
        async with mongo.database(url, service=SERVICE, seconds=settings.mongo_seconds) as blog:
            users, passwords = Users(blog), Passwords()
            attempts = Attempts(
                blog,
                window=timedelta(seconds=settings.login_window_seconds),
                per_account=settings.login_attempts_per_account,
                per_address=settings.login_attempts_per_address,
            )
            holds = timedelta(minutes=settings.login_minutes)
            login = Login(users, passwords, attempts, keys, holds=holds)
            yield {"blog": blog, "users": users, "passwords": passwords, "login": login, "keys": keys}

    return service(SERVICE, settings, routes=router, lifespan=lifespan, schema=SCHEMA)
