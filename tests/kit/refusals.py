"""What every refusal looks like."""

from typing import Any

from httpx2 import Response

from chassis.problems import Problem


def assert_refused(answer: Response, problem: type[Problem], **more: Any) -> dict[str, Any]:
    """Check that an answer is that problem and no other (RFC 9457), and can be found in the log.

    Args:
        answer: What a client was given.
        problem: What should have been refused.
        more: Further members that the document has to hold.

    Returns:
        The document.
    """
    assert answer.status_code == problem.status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    expected = {
        "type": f"urn:blog-platform:{problem.slug()}",
        "title": problem.title,
        "status": problem.status,
        "request_id": answer.headers["X-Request-Id"],
        **more,
    }
    assert {name: document.get(name) for name in expected} == expected
    return document
