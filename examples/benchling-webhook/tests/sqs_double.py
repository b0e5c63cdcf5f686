"""A local double of SQS: SendMessage and GetQueueAttributes in AWS's JSON protocol.

It needs the standard library only, and no file beside it. What is sent with an id that begins with `slow` is taken over
after 1.5 s; with one that begins with `lost` it is refused. It keeps what it took over in `MESSAGES`.
"""

import contextlib
import hashlib
import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SLOW_SECONDS = 1.5
MESSAGES = []


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        action = self.headers.get("X-Amz-Target", "").removeprefix("AmazonSQS.")
        if action == "GetQueueAttributes":
            return self.answer(200, {"Attributes": {"QueueArn": "arn:aws:sqs:us-east-1:000000000000:events"}})
        if action != "SendMessage":
            return self.answer(400, {"__type": "com.amazonaws.sqs#UnsupportedOperation", "message": action})
        body = asked["MessageBody"]
        named = json.loads(body)["id"]
        if named.startswith("lost"):
            return self.answer(400, {"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "no such queue"})
        if named.startswith("slow"):
            time.sleep(SLOW_SECONDS)
        MESSAGES.append(json.loads(body))
        return self.answer(200, {"MessageId": named, "MD5OfMessageBody": hashlib.md5(body.encode()).hexdigest()})

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True


if __name__ == "__main__":
    with Server(("127.0.0.1", int(os.environ.get("SQS_DOUBLE_PORT", "9324"))), Handler) as server:
        print(f"SQS double on http://127.0.0.1:{server.server_address[1]}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()
