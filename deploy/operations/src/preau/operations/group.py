"""The command group that tells an operator's mistake in one line, for every command in it."""

from typing import Any

import typer
from aio_pika.exceptions import AMQPError
from asyncpg import InterfaceError, PostgresError
from typer.core import TyperGroup

from preau.common.embedded.process import EmbeddedServerFailed
from preau.operations.broker.management import BrokerUnreachable
from preau.operations.reaching import CannotReach, reason
from preau.operations.services import DatabaseNotNamed

MISTAKES = (DatabaseNotNamed,)
FAILURES = (
    CannotReach,
    BrokerUnreachable,
    EmbeddedServerFailed,
    OSError,
    PostgresError,
    InterfaceError,
    AMQPError,
)


class OperatorsGroup(TyperGroup):
    """Status 2 for what was written wrong, 1 for what is away or refuses; others are ours: shown."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except MISTAKES as error:
            _tell(str(error))
            raise typer.Exit(2) from error
        except FAILURES as error:
            _tell(reason(error))
            raise typer.Exit(1) from error


def _tell(what: str) -> None:
    typer.echo(f"✗ {what}", err=True)
