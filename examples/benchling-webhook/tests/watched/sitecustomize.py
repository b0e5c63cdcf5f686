"""Prints each file that is opened to be written: Python imports this at its start from a folder on PYTHONPATH."""

import os
import sys

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink")


def watch(event: str, arguments: tuple[object, ...]) -> None:
    # A number is a file that is open already.
    opened = event == "open" and not isinstance(arguments[0], int) and isinstance(arguments[2], int)
    if (opened and arguments[2] & WRITING) or event in CHANGES:
        os.write(2, f"written: {arguments[0]}\n".encode())


sys.addaudithook(watch)
