"""What a process says when it can't do its work."""


class Failure(Exception):
    """It didn't work: the message is one line that says what, and what to do about it."""
