"""Correlation id and W3C trace context, from the gateway to the services."""

import os
import re

CORRELATION_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
TRACEPARENT = re.compile(rb"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def new_correlation_id() -> str:
    """A fresh id, 32 hexadecimal digits."""
    return os.urandom(16).hex()


def accepted_correlation_id(received: bytes | None) -> str:
    """The client's id when it looks like one (it is written to logs), else a fresh one."""
    if received is not None and CORRELATION_ID.fullmatch(received):
        return received.decode("ascii")
    return new_correlation_id()


def new_traceparent(received: bytes | None = None) -> str:
    """A traceparent for the next hop: the caller's trace when it is valid, a new one otherwise."""
    own = os.urandom(24).hex()
    match = TRACEPARENT.fullmatch(received) if received is not None else None
    trace = match.group(1).decode("ascii") if match else own[16:]
    return f"00-{trace}-{own[:16]}-01"
