"""What a refusal of ChirpStack's API means: its status codes alone do not tell."""

from __future__ import annotations

from typing import Literal, TypeAlias

Kind: TypeAlias = Literal[
    "unreachable",  # nobody answers there
    "tls",  # TLS where the other side speaks none, or a certificate that is not trusted
    "not_chirpstack",  # something answers, and it is not ChirpStack's API
    "token",  # the token is no token of this server
    "not_allowed",  # the token works elsewhere; here: not there, not ours, or read-only
    "not_there",  # the server says so (a token of an administrator)
    "exists",  # the DevEUI or gateway id is registered, here or at another tenant
    "limit",  # the tenant may have no more devices
    "refused",  # a value that the server does not take
    "busy",  # its database is locked, also after several attempts
    "deadline",  # no answer in time
    "other",
]


class AdminError(Exception):
    """The network server has not done what it was asked for.

    Attributes:
        kind: what it comes to.
        call: the method that was called: `DeviceService.Create`.
        answer: status and text as the server gave them; never a key or a token.
    """

    def __init__(self, kind: Kind, call: str, answer: str = "") -> None:
        super().__init__(f"{call}: {answer or kind}")
        self.kind: Kind = kind
        self.call = call
        self.answer = answer
