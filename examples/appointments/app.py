"""The HTTP service: appointments of a calendar, none of which overlap."""

import os
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from store import Appointment, NotFoundError, Store, TakenError

LONGEST_NAME = 200


class InvalidError(ValueError):
    """What was sent is no appointment; the message says why, for whoever sent it."""


def create_app(database: Path) -> Flask:
    """The application on this file, which is made where there is none."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    store = Store(database)

    @app.get("/health")
    def health() -> Response:
        """The database answers: without it nothing here can."""
        store.check()
        return jsonify(status="ok")

    @app.get("/appointments")
    def listed() -> Response:
        return jsonify([as_json(each) for each in store.all(request.args.get("calendar"))])

    @app.post("/appointments")
    def create() -> tuple[Response, int]:
        sent = body()
        starts, ends = times(sent)
        made = store.create(name(sent, "calendar"), name(sent, "person"), starts, ends)
        return jsonify(as_json(made)), 201

    @app.get("/appointments/<int:number>")
    def one(number: int) -> Response:
        return jsonify(as_json(store.get(number)))

    @app.patch("/appointments/<int:number>")
    def reschedule(number: int) -> Response:
        starts, ends = times(body())
        return jsonify(as_json(store.move(number, starts, ends)))

    @app.delete("/appointments/<int:number>")
    def cancel(number: int) -> tuple[str, int]:
        store.cancel(number)
        return "", 204

    @app.errorhandler(InvalidError)
    def invalid(problem: InvalidError) -> tuple[Response, int]:
        return jsonify(detail=str(problem)), 400

    @app.errorhandler(NotFoundError)
    def unknown(problem: NotFoundError) -> tuple[Response, int]:
        return jsonify(detail=str(problem)), 404

    @app.errorhandler(TakenError)
    def taken(problem: TakenError) -> tuple[Response, int]:
        return jsonify(detail=str(problem)), 409

    @app.errorhandler(sqlite3.OperationalError)
    def away(problem: sqlite3.OperationalError) -> tuple[Response, int]:
        app.logger.error("the database does not answer: %s", problem)
        return jsonify(detail="the database does not answer: try again later"), 503

    @app.errorhandler(HTTPException)
    def other(problem: HTTPException) -> tuple[Response, int]:
        return jsonify(detail=problem.description), problem.code or 500

    return app


def body() -> dict[str, object]:
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        raise InvalidError("the body must be a JSON object")
    return sent


def name(sent: dict[str, object], key: str) -> str:
    value = sent.get(key)
    if not isinstance(value, str) or not 0 < len(value.strip()) <= LONGEST_NAME:
        raise InvalidError(f"`{key}` must be a text of 1 to {LONGEST_NAME} characters")
    return value.strip()


def times(sent: dict[str, object]) -> tuple[datetime, datetime]:
    starts, ends = time(sent, "starts"), time(sent, "ends")
    if ends <= starts:
        raise InvalidError("`ends` must be later than `starts`")
    return starts, ends


def time(sent: dict[str, object], key: str) -> datetime:
    """A time with its zone, in UTC: 9 o'clock alone is another moment in each town."""
    try:
        moment = datetime.fromisoformat(str(sent.get(key)))
    except ValueError:
        raise InvalidError(f"`{key}` must be a time such as 2026-11-22T09:00:00+00:00") from None
    if moment.tzinfo is None or moment.microsecond:
        raise InvalidError(f"`{key}` must have a zone and whole seconds")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise InvalidError(f"`{key}` is out of range") from None


def as_json(each: Appointment) -> dict[str, object]:
    return {
        "id": each.id,
        "calendar": each.calendar,
        "person": each.person,
        "starts": each.starts.isoformat(),
        "ends": each.ends.isoformat(),
    }


try:
    app = create_app(Path(os.environ.get("DATABASE", "data/appointments.sqlite")))
except (OSError, sqlite3.Error) as problem:
    sys.exit(f"appointments cannot start: DATABASE cannot be opened: {problem}")
