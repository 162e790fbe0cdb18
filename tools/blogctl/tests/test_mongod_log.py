import json

import pytest

from blogctl import mongod_log


def line(severity: str, number: int, message: str, attributes: object = None) -> str:
    return json.dumps({"s": severity, "c": "STORAGE", "id": number, "msg": message, "attr": attributes})


ASSERTION = line("F", 23091, "Fatal assertion", {"msgid": 28661})


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        ([line("E", 20557, "DBException in initAndListen", {"error": "DBPathInUse: locked."}), ASSERTION], "locked"),
        ([line("F", 28661, "Unable to read", {"error": {"code": 22, "errmsg": "BSON too short"}}), ASSERTION], "BSON"),
        ([line("E", 22435, "WiredTiger error", {"message": {"msg": "file is too small"}}), ASSERTION], "too small"),
        ([line("F", 50944, "Please read the documentation"), ASSERTION], "Please read the documentation"),
        ([line("I", 4915701, "Initialized"), "error while loading shared libraries: libcurl.so.4"], "libcurl.so.4"),
        ([], "it says nothing of why"),
    ],
)
def test_the_reason_is_the_last_line_that_says_more_than_that_it_was_fatal(log: list[str], reason: str) -> None:
    assert reason in mongod_log.reason(log)
