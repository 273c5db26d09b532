"""What follows a piece of work from service to service: correlation, causation, trace."""

import re
from contextvars import ContextVar

from preau.common.ids import new_id

correlation_id: ContextVar[str] = ContextVar("correlation_id", default="")
"""One id for everything that one click sets off, over HTTP and AMQP."""
causation_id: ContextVar[str] = ContextVar("causation_id", default="")
"""The message that the present work answers, if any."""
traceparent: ContextVar[str] = ContextVar("traceparent", default="")
"""The W3C trace context, passed on as it came."""

_SAFE = re.compile(r"[A-Za-z0-9._-]{8,64}")
_TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


def begin_work(correlation: str = "", *, causation: str = "", trace: str = "") -> str:
    """Set the context of the present task; an id that is missing or odd is replaced by a fresh one."""
    chosen = correlation if _SAFE.fullmatch(correlation) else str(new_id())
    correlation_id.set(chosen)
    causation_id.set(causation)
    traceparent.set(trace if _TRACEPARENT.fullmatch(trace) else "")
    return chosen
