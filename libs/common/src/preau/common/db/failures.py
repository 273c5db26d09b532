"""Telling a database that is away or busy from an error of ours."""

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the server's last word came before our question, and cut its protocol
    ConnectionError,
    OSError,
    TimeoutError,
)
_OF_FILES = (FileNotFoundError, FileExistsError, PermissionError, IsADirectoryError, NotADirectoryError)
"""Also ``OSError``, but never of a connection."""

_BUSY = (
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)


_UNSTORABLE = (
    asyncpg.CharacterNotInRepertoireError,
    asyncpg.UntranslatableCharacterError,
    UnicodeEncodeError,
)


def _driver_error(error: BaseException) -> BaseException:
    """The exception of asyncpg behind SQLAlchemy's."""
    while isinstance(error, DBAPIError) or error.__class__.__module__.startswith("sqlalchemy.dialects"):
        cause = error.__cause__ or (error.orig if isinstance(error, DBAPIError) else None)
        if cause is None:
            break
        error = cause
    return error


def database_is_away(error: BaseException) -> bool:
    """Whether the database cannot be reached just now: the same work may succeed unchanged later."""
    if isinstance(error, PoolTimeout) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return True
    driver = _driver_error(error)
    return isinstance(driver, _AWAY) and not isinstance(driver, _OF_FILES)


def database_is_busy(error: BaseException) -> bool:
    """Whether a lock, a deadlock or a timeout stopped the work: it was rolled back and may be tried again."""
    return isinstance(_driver_error(error), _BUSY)


def text_is_unstorable(error: BaseException) -> bool:
    """Whether a text holds what PostgreSQL does not store: NUL, or half of a surrogate pair."""
    return isinstance(_driver_error(error), _UNSTORABLE)
