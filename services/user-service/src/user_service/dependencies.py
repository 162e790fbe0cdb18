"""What routes ask for, each under one name. All are coroutines: FastAPI sends plain functions to a thread."""

from typing import Annotated

from fastapi import Depends, Request

from user_service.keys import SigningKeys
from user_service.login import Login
from user_service.passwords import Passwords
from user_service.users import Users


async def stored_users(request: Request) -> Users:
    """The users that the lifespan opened."""
    users: Users = request.state.users
    return users


async def passwords(request: Request) -> Passwords:
    """The hasher of passwords."""
    hasher: Passwords = request.state.passwords
    return hasher


async def login(request: Request) -> Login:
    """What logs people in."""
    opened: Login = request.state.login
    return opened


async def signing_keys(request: Request) -> SigningKeys:
    """The keys that tokens are signed with."""
    keys: SigningKeys = request.state.keys
    return keys


async def address(request: Request) -> str:
    """Where a request comes from: the last hop that our nginx added, never one that a client made up."""
    hops = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return hops or (request.client.host if request.client else "unknown")


StoredUsers = Annotated[Users, Depends(stored_users)]
Hasher = Annotated[Passwords, Depends(passwords)]
LoginDesk = Annotated[Login, Depends(login)]
Keys = Annotated[SigningKeys, Depends(signing_keys)]
Address = Annotated[str, Depends(address)]
