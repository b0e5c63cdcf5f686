"""What the service reads from its environment, once, before it listens."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

FORMATS = ("xml", "json")


@dataclass(frozen=True, slots=True)
class Settings:
    """The service's settings, checked. The AWS keys are not among them: boto3 reads those itself."""

    port: int
    bucket: str
    prefix: str
    region: str
    rotation_seconds: int
    max_file_bytes: int
    output_format: str
    current_file: Path
    temp_file: Path


def load_settings() -> Settings:
    """Read the environment. Ends the process with one line that names the variable, when one is missing or cannot be used."""
    bucket = os.environ.get("BUCKET_NAME")
    if not bucket:
        sys.exit("xml-listener cannot start: BUCKET_NAME is not set")
    if not os.environ.get("AWS_ACCESS_KEY_ID"):
        sys.exit("xml-listener cannot start: AWS_ACCESS_KEY_ID is not set")
    if not os.environ.get("AWS_SECRET_ACCESS_KEY"):
        sys.exit("xml-listener cannot start: AWS_SECRET_ACCESS_KEY is not set")
    region = os.environ.get("AWS_REGION")
    if not region:
        sys.exit("xml-listener cannot start: AWS_REGION is not set")
    output_format = os.environ.get("OUTPUT_FORMAT", "xml")
    if output_format not in FORMATS:
        sys.exit(f"xml-listener cannot start: OUTPUT_FORMAT must be xml or json, not {output_format!r}")
    return Settings(
        port=_number("PORT", os.environ.get("PORT", "8080"), most=65535),
        bucket=bucket,
        prefix=os.environ.get("PREFIX", "xml-events/"),
        region=region,
        rotation_seconds=_number("ROTATION_INTERVAL", os.environ.get("ROTATION_INTERVAL", "3600")),
        max_file_bytes=_number("MAX_FILE_SIZE", os.environ.get("MAX_FILE_SIZE", "10485760")),
        output_format=output_format,
        current_file=Path(os.environ.get("CURRENT_FILE", "/app/data/current.xml")),
        temp_file=Path(os.environ.get("TEMP_FILE", "/app/data/temp.xml")),
    )


def _number(name: str, text: str, most: int | None = None) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 1 or (most and number > most):
        allowed = f"a whole number from 1 to {most}" if most else "a whole number, at least 1"
        sys.exit(f"xml-listener cannot start: {name} must be {allowed}, not {text!r}")
    return number
