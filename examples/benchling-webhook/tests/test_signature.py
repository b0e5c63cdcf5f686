"""Who may send events."""

import pytest
from werkzeug.datastructures import Headers

from src.signature import SignatureRefused, check, key_of, sign

NOW = 1_614_265_330
# The example of the specification's own libraries (standard-webhooks, `test_sign_function`).
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
BODY = b'{"test": 2432232314}'


def headers(signature: str = SIGNED, timestamp: str = str(NOW)) -> Headers:
    return Headers(
        {"Webhook-Id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "Webhook-Timestamp": timestamp, "Webhook-Signature": signature}
    )


def test_it_signs_as_the_specification_does() -> None:
    assert sign(key_of(SECRET), "msg_p5jXN8AQM9LWM0D4loKWxJek", str(NOW), BODY) == SIGNED


def test_one_of_several_signatures_is_enough() -> None:
    check(key_of(SECRET), headers(f"v1,AAAA {SIGNED}"), BODY, NOW)


@pytest.mark.parametrize(
    ("given", "body", "now"),
    [
        (headers(), BODY + b" ", NOW),
        (headers("v1,AAAA"), BODY, NOW),
        (headers("v1,é"), BODY, NOW),
        (headers(""), BODY, NOW),
        (headers(timestamp="soon"), BODY, NOW),
        (headers(), BODY, NOW + 301),
        (headers(), BODY, NOW - 301),
        (Headers(), BODY, NOW),
    ],
)
def test_anything_else_is_refused(given: Headers, body: bytes, now: float) -> None:
    with pytest.raises(SignatureRefused):
        check(key_of(SECRET), given, body, now)


def test_a_secret_that_is_no_base64_is_named_at_the_start() -> None:
    with pytest.raises(ValueError, match="WEBHOOK_SECRET must be base64"):
        key_of("whsec_!")
