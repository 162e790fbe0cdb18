"""user-service's rows of the contract, in its order. Routes translate: HTTP in, one call, HTTP out."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request, Response

from chassis.problems import BodyTooLarge, Invalid, InvalidJson, Unauthorized, UnsupportedMediaType, refusals
from chassis.requests import FormBody, JsonBody
from chassis.tokens import LoggedIn
from user_service.dependencies import Address, Hasher, Keys, LoginDesk, StoredUsers
from user_service.errors import NameTaken, TooManyAttempts, TooManyLogins, UserNotFound, WrongCredentials
from user_service.schemas import Credentials, ProfileChange, Registration, Token, User

LOCATION = {"Location": {"description": "The profile's address.", "required": True, "schema": {"type": "string"}}}
BODY = (InvalidJson, BodyTooLarge, UnsupportedMediaType, Invalid)
router = APIRouter(tags=["users"])


@router.post(
    "/users",
    status_code=201,
    dependencies=[JsonBody],
    responses={201: {"headers": LOCATION}, **refusals(*BODY, NameTaken, TooManyLogins)},
)
async def register(
    request: Request, registration: Registration, users: StoredUsers, passwords: Hasher, response: Response
) -> User:
    """Register. The name is yours from then on, and a part of addresses."""
    password_hash = await passwords.hash(registration.password.get_secret_value())
    user = await users.register(registration, password_hash)
    response.headers["Location"] = f"{request.scope.get('root_path', '')}/users/{user.name}"
    return user


@router.post(
    "/token", dependencies=[FormBody], responses=refusals(*BODY, WrongCredentials, TooManyAttempts, TooManyLogins)
)
async def log_in(
    credentials: Annotated[Credentials, Form()], address: Address, desk: LoginDesk, response: Response
) -> Token:
    """Log in with OAuth2's password form."""
    response.headers["Cache-Control"] = "no-store"  # RFC 6749, 5.1
    return await desk.token(credentials, address)


@router.get("/users/me", responses=refusals(Unauthorized, UserNotFound))
async def read_own_profile(caller: LoggedIn, users: StoredUsers) -> User:
    """Read the profile of whoever is logged in."""
    return await users.profile(caller.name)


@router.patch("/users/me", dependencies=[JsonBody], responses=refusals(*BODY, Unauthorized, UserNotFound))
async def change_own_profile(change: ProfileChange, caller: LoggedIn, users: StoredUsers) -> User:
    """Change the profile of whoever is logged in."""
    return await users.change(caller.name, change)


@router.get("/users/{name}", responses=refusals(UserNotFound))
async def read_profile(name: Annotated[str, Path(examples=["minji"])], users: StoredUsers) -> User:
    """Read a public profile."""
    return await users.profile(name)


@router.get("/.well-known/jwks.json", responses=refusals())
async def read_public_keys(keys: Keys, response: Response) -> dict[str, Any]:
    """Read the public keys that tokens are verified by."""
    response.headers["Cache-Control"] = "max-age=60"
    return keys.published()
