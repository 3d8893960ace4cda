"""Signatures: the specification's own vector, several secrets, and what is no secret."""

from __future__ import annotations

import base64
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.delivery import signing
from tests.fakes.delivery import SECRET

VECTOR = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def test_the_vector_of_the_specification() -> None:
    keys = signing.keys(SECRET)
    assert signing.sign(keys, VECTOR["webhook-id"], 1614265330, b'{"test": 2432232314}') == VECTOR


def test_each_secret_signs_the_newest_first() -> None:
    new = signing.new_secret()
    headers = signing.sign(
        signing.keys(f"{new}\n\n  {SECRET} \n"), VECTOR["webhook-id"], 1614265330, b'{"test": 2432232314}'
    )
    first, second = headers["webhook-signature"].split(" ")
    assert second == VECTOR["webhook-signature"]
    key = base64.b64decode(new.removeprefix("whsec_"))
    content = b'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}'
    assert first == "v1," + base64.b64encode(hmac.digest(key, content, "sha256")).decode()


@given(st.binary(min_size=24, max_size=64))
def test_any_secret_of_the_specification_is_one(key: bytes) -> None:
    assert signing.keys("whsec_" + base64.b64encode(key).decode()) == [key]


def test_a_new_secret_is_one_and_another_each_time() -> None:
    assert len({signing.new_secret() for _ in range(100)}) == 100
    assert [len(key) for key in signing.keys(signing.new_secret())] == [32]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "holds no secret; write a line whsec_... into it"),
        ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "has a line 1 that is no secret"),
        (SECRET + "\nwhsec_MfKQ", "has a line 2 that is no secret"),
        ("whsec_" + "A" * 200, "has a line 1 that is no secret"),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!", "has a line 1 that is no secret"),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSé", "has a line 1 that is no secret"),
    ],
)
def test_what_is_no_secret_is_refused_without_being_shown(text: str, words: str) -> None:
    with pytest.raises(signing.NoSecret) as raised:
        signing.keys(text)
    assert words in str(raised.value)
    assert "MfKQ" not in str(raised.value)
