"""What user-service refuses, and why."""

from chassis.problems import Problem, Unauthorized, Unavailable


class WrongCredentials(Unauthorized):
    """The name or the password is wrong; which of them is nobody's business."""

    title = "Name or password is wrong"


class UserNotFound(Problem):
    """Nobody has that name."""

    status, title = 404, "There is no such user"


class NameTaken(Problem):
    """Names are unique."""

    status, title = 409, "This name is taken"


class TooManyAttempts(Problem):
    """Somebody is guessing, for one account or from one address (RFC 6585, 4)."""

    status, title = 429, "Too many attempts to log in"


class TooManyLogins(Unavailable):
    """Hashing a password takes memory and time on purpose; more than a few at once would starve the rest."""

    title = "Too many people are logging in right now"
