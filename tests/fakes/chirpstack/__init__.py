"""A ChirpStack in this process, over its real API: status codes and texts are those that a real server gave.

`with FakeChirpStack() as server:` listens at `server.address`; `server.tenant_token` may write, and `world` is
what is in it. What a real server answered to the same questions is `transcript.jsonl`; tests/conformance compares.
"""

from tests.fakes.chirpstack.server import FakeChirpStack

__all__ = ["FakeChirpStack"]
