"""Finished documents to S3, each until it is there."""

import logging
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

logger = logging.getLogger("xml-listener")

CONTENT_TYPES = {".xml": "application/xml", ".json": "application/json"}
# Each for connecting and for the answer: short, because the end of the service waits for it. The outbox keeps the rest.
TIMEOUT_SECONDS = 5


class Uploader:
    """The credentials come from the environment when it is made. Its methods block."""

    def __init__(self, bucket: str, prefix: str, region: str) -> None:
        self._bucket, self._prefix = bucket, prefix
        config = Config(connect_timeout=TIMEOUT_SECONDS, read_timeout=TIMEOUT_SECONDS, retries={"total_max_attempts": 1})
        self._s3: Any = boto3.client("s3", region_name=region, config=config)

    def upload(self, document: Path) -> bool:
        """Whether it is in the bucket now. The key is the document's name: a second upload changes nothing."""
        key = self._prefix + document.name
        try:
            with document.open("rb") as body:
                self._s3.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=CONTENT_TYPES[document.suffix])
        except (BotoCoreError, ClientError, OSError) as error:
            logger.warning("%s stays in the outbox: %s", document.name, error)
            return False
        logger.info("uploaded s3://%s/%s", self._bucket, key)
        return True
