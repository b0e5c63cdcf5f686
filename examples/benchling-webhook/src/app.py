"""The HTTP service. `python -m src.app` serves it."""

import sys

import structlog
from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from src.delivery import Delivery, DeliveryFailed, open_delivery
from src.events import MOST_BYTES, InvalidEvent, read_event
from src.logs import log_to_stdout
from src.settings import Settings, load_settings
from src.signature import SignatureRefused, check, key_of

log = structlog.get_logger()


def create_app(settings: Settings | None = None, delivery: Delivery | None = None) -> Flask:
    """The application; from the environment where no settings are given. Raises ValueError for what cannot be used."""
    settings = load_settings() if settings is None else settings
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    queue = open_delivery(settings.queue_url) if delivery is None else delivery
    key = None if settings.webhook_secret is None else key_of(settings.webhook_secret)

    @app.get("/health")
    def health() -> Response:
        return jsonify(status="healthy", signatures="checked" if key else "not checked")

    @app.get("/health/live")
    def live() -> Response:
        """The process answers. It asks nobody else: a queue that is away is no reason to restart this."""
        return jsonify(status="alive")

    @app.get("/health/ready")
    def ready() -> Response:
        """Events can be taken over."""
        queue.check()
        return jsonify(status="ready")

    @app.post("/event")
    def event() -> tuple[Response, int]:
        if key is not None:
            check(key, request.headers, request.get_data())
        received = read_event(request.get_json(silent=True))
        queue.deliver(received)
        log.info("event accepted", id=received.id, type=received.type, tenant=received.tenant)
        return jsonify(status="accepted", id=received.id), 202

    @app.errorhandler(InvalidEvent)
    def invalid(problem: InvalidEvent) -> tuple[Response, int]:
        log.info("event refused", reason=str(problem))
        return jsonify(detail=str(problem)), 400

    @app.errorhandler(SignatureRefused)
    def unsigned(problem: SignatureRefused) -> tuple[Response, int]:
        log.info("event refused", reason=str(problem))
        return jsonify(detail=str(problem)), 401

    @app.errorhandler(DeliveryFailed)
    def away(problem: DeliveryFailed) -> tuple[Response, int]:
        log.error("the queue does not answer", reason=str(problem))
        return jsonify(detail="events cannot be taken over now: send it again later"), 503

    @app.errorhandler(HTTPException)
    def other(problem: HTTPException) -> tuple[Response, int]:
        return jsonify(detail=problem.description), problem.code or 500

    return app


def main() -> None:
    try:
        settings = load_settings()
        log_to_stdout(settings.log_level)
        app = create_app(settings)
    except ValueError as problem:
        sys.exit(f"benchling-webhook cannot start: {problem}")

    from src.server import serve  # gunicorn is of no use to tests that call the application

    serve(app, settings)


if __name__ == "__main__":
    main()
