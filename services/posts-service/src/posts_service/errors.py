"""What posts-service refuses, and why."""

from chassis.problems import Problem


class BadCursor(Problem):
    """`cursor` isn't one that a page gave."""

    status, title = 400, "This cursor is not one that a page gave"


class NotTheAuthor(Problem):
    """Only the author or an admin may change a post."""

    status, title = 403, "Only the author may do that"


class PostNotFound(Problem):
    """No post has that id; a malformed id names none either."""

    status, title = 404, "There is no such post"


class NoStatistics(Problem):
    """The admin job has not written any yet."""

    status, title = 404, "There are no statistics yet"


class EditConflict(Problem):
    """`If-Match` names a version that is no longer stored (RFC 9110, 13.1.1)."""

    status, title = 412, "The post has changed since you read it"


class KeyUsedForAnotherPost(Problem):
    """The same `Idempotency-Key` came with another body."""

    status, title = 422, "This Idempotency-Key was used for another post"


class VersionRequired(Problem):
    """An edit has to say which version it is of (RFC 6585, 3)."""

    status, title = 428, "Send the ETag of the version that you read as If-Match"
