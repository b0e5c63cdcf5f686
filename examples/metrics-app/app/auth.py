"""HTTP basic authentication (RFC 7617) for one user."""

import hmac
from collections.abc import Callable
from functools import wraps

from flask import Response, request
from werkzeug.datastructures import Authorization

CHALLENGE = {"WWW-Authenticate": 'Basic realm="metrics", charset="UTF-8"'}


def requires_user(name: str, password: str) -> Callable[[Callable[[], Response]], Callable[[], Response]]:
    """Answer 401 to everyone but this user."""

    def decorate(view: Callable[[], Response]) -> Callable[[], Response]:
        @wraps(view)
        def guarded() -> Response:
            if is_user(request.authorization, name, password):
                return view()
            return Response("the metrics are for their user only\n", 401, CHALLENGE, content_type="text/plain; charset=utf-8")

        return guarded

    return decorate


def is_user(given: Authorization | None, name: str, password: str) -> bool:
    """Whether these are the name and the password. How long it takes does not tell which of them was wrong, or where."""
    given_name = (given and given.type == "basic" and given.username) or ""
    given_password = (given and given.type == "basic" and given.password) or ""
    # Both are always compared: `and` alone would answer sooner for a wrong name.
    same_name = hmac.compare_digest(given_name.encode(), name.encode())
    same_password = hmac.compare_digest(given_password.encode(), password.encode())
    return same_name and same_password
