"""What notes-service refuses, and why."""

from chassis.problems import Problem


class EntryNotFound(Problem):
    """Nothing has that id; a malformed id names nothing either."""

    status, title = 404, "There is nothing of that id"
