"""Structured logs: JSON lines with the correlation id, and nothing personal."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

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
    for key in entry.keys() & PERSONAL:
        entry[key] = "[…]"
    return entry


def _with_correlation(_logger: Any, _method: str, entry: Entry) -> Entry:
    if current := correlation_id.get():
        entry["correlation_id"] = current
    return entry


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
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
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
                structlog.processors.dict_tracebacks if style == "json" else _keep,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("uvicorn.access", "aiormq", "aio_pika", "asyncio", "sqlalchemy.engine", "alembic"):
        logging.getLogger(noisy).setLevel("WARNING")


def _keep(_logger: Any, _method: str, entry: Entry) -> Entry:
    return entry


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module: ``log = logger(__name__)``."""
    return structlog.stdlib.get_logger(name)
