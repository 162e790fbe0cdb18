"""The users: every query to their collection."""

from chassis import mongo, times
from chassis.mongo import AFTER
from chassis.tokens import ADMIN
from user_service.errors import NameTaken, UserNotFound
from user_service.schemas import ProfileChange, Registration, User

PUBLIC = {"_id": False, "name": True, "display_name": True, "bio": True, "created_at": True}


class Users:
    """The collection `users`."""

    def __init__(self, blog: mongo.Database) -> None:
        self._users = blog["users"]

    async def register(self, registration: Registration, password_hash: str) -> User:
        """Store a new user.

        Args:
            registration: What they sent.
            password_hash: Their password, hashed.

        Returns:
            The user as everybody may see them.

        Raises:
            NameTaken: Somebody has that name.
        """
        user = User(
            name=registration.name,
            display_name=registration.display_name or registration.name,
            bio=registration.bio,
            created_at=times.now(),
        )
        try:
            await self._users.insert_one({**user.model_dump(), "password_hash": password_hash, "roles": []})
        except mongo.DuplicateKeyError as error:
            raise NameTaken from error
        return user

    async def login(self, name: str) -> tuple[str, list[str]] | None:
        """Read what a login needs.

        Args:
            name: The name that was typed.

        Returns:
            The password's hash and the roles, or nothing if nobody has that name.
        """
        user = await self._users.find_one({"name": name}, {"password_hash": True, "roles": True})
        return (user["password_hash"], user["roles"]) if user else None

    async def profile(self, name: str) -> User:
        """Read a user as everybody may see them.

        Raises:
            UserNotFound: Nobody has that name.
        """
        return _found(await self._users.find_one({"name": name}, PUBLIC))

    async def change(self, name: str, change: ProfileChange) -> User:
        """Change a user's own fields.

        Raises:
            UserNotFound: The user is gone, though their token still holds.
        """
        changed = {"$set": change.model_dump(exclude_unset=True)}
        return _found(await self._users.find_one_and_update({"name": name}, changed, PUBLIC, return_document=AFTER))

    async def grant_admin(self, name: str) -> None:
        """Make a user an admin, from their next login on.

        Raises:
            UserNotFound: Nobody has that name.
        """
        if not (await self._users.update_one({"name": name}, {"$addToSet": {"roles": ADMIN}})).matched_count:
            raise UserNotFound


def _found(stored: mongo.Document | None) -> User:
    if stored is None:
        raise UserNotFound
    return User.model_validate(stored)
