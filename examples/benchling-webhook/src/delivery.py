"""Where accepted events go."""

import json
from typing import Any, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from src.events import Event

# A webhook is answered within seconds, or sent again.
WAIT = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2, "mode": "standard"})


class DeliveryFailed(Exception):
    """The event was not taken over: whoever sent it must send it again."""


class Delivery(Protocol):
    """Takes events over."""

    def deliver(self, event: Event) -> None:
        """Raises DeliveryFailed."""

    def check(self) -> None:
        """Raises DeliveryFailed where `deliver` would."""


class LogOnly:
    """No queue is configured: what was accepted stands in the log."""

    def deliver(self, event: Event) -> None: ...

    def check(self) -> None: ...


class Queue:
    """An SQS queue. Credentials come from the task's role, the endpoint from AWS's own variables."""

    def __init__(self, url: str, client: Any = None) -> None:
        self._url = url
        self._client = client or boto3.client("sqs", config=WAIT)

    def deliver(self, event: Event) -> None:
        try:
            self._client.send_message(QueueUrl=self._url, MessageBody=json.dumps(event.as_json()))
        except (BotoCoreError, ClientError) as failure:
            raise DeliveryFailed(str(failure)) from failure

    def check(self) -> None:
        try:
            self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        except (BotoCoreError, ClientError) as failure:
            raise DeliveryFailed(str(failure)) from failure


def open_delivery(queue_url: str | None) -> Delivery:
    return LogOnly() if queue_url is None else Queue(queue_url)
