"""Structured logs: JSON lines with the correlation id, and nothing personal."""

import logging
import re
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, cast

import structlog

from preau.common.context import correlation_id

PERSONAL = frozenset(
    [
        "email",
        "password",
        "password_confirmation",
        "first_name",
        "last_name",
        "name",
        "phone",
        "second_phone",
        "second_email",
        "address",
        "street",
        "token",
        "access_token",
        "refresh_token",
        "code",
        "cookie",
        "authorization",
        "iban",
        "label",
        "text",
        "message_text",
    ]
)
"""Keys whose values never reach a log."""

Entry = MutableMapping[str, Any]


def _without_personal_data(_logger: Any, _method: str, entry: Entry) -> Entry:
    for key, value in entry.items():
        entry[key] = "[…]" if key in PERSONAL else _cleaned(value)
    return entry


def _cleaned(value: Any) -> Any:
    """``value`` without what stands under a personal key somewhere inside."""
    if isinstance(value, Mapping):
        items: Iterable[tuple[Any, Any]] = cast(Mapping[Any, Any], value).items()
        return {key: "[…]" if key in PERSONAL else _cleaned(inner) for key, inner in items}
    if isinstance(value, list | tuple):
        return [_cleaned(inner) for inner in cast(Iterable[Any], value)]
    return value


def _without_quotations(_logger: Any, _method: str, entry: Entry) -> Entry:
    """Keep of an exception's message what names no value: drivers and validators quote what people entered.

    Rows, parameters and inputs stand after the first line (``DETAIL``, ``[parameters: …]``), or in quotes.
    """
    for trace in entry.get("exception", ()):
        trace["exc_value"] = _QUOTED.sub("[…]", trace["exc_value"].partition("\n")[0])
    return entry


_QUOTED = re.compile(r"""'[^']*'|(?<=: )"[^"]*\"""")
_TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=30)
)
"""Where it happened; never the local variables, which hold what people entered."""


def _with_correlation(_logger: Any, _method: str, entry: Entry) -> Entry:
    if current := correlation_id.get():
        entry["correlation_id"] = current
    return entry


_NOISY = ("uvicorn.access", "httpx2", "aiormq", "aio_pika", "asyncio", "sqlalchemy.engine", "alembic")


def configure_logging(level: str = "INFO", style: str = "json") -> None:
    """Send the logs of the whole process to standard error as JSON lines, or in colours for a console."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_correlation,
        _without_personal_data,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *((_TRACEBACKS, _without_quotations) if style == "json" else ()),
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel("WARNING")
    logging.getLogger("python_multipart").setLevel("ERROR")  # warns of every bad body: the client is told


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module: ``log = logger(__name__)``."""
    return structlog.stdlib.get_logger(name)
