"""Numbers that commands take: bounds are told by the option, not by what breaks later."""

import math
from typing import Any

import typer

LONGEST_SECONDS = 86_400


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise typer.BadParameter("a finite number is wanted")
    return value


def seconds(said: str, *names: str, least: float = 0) -> Any:
    """An option in seconds, from ``least`` to a day."""
    return typer.Option(*names, help=said, min=least, max=LONGEST_SECONDS, callback=_finite)


def port(said: str, *, least: int = 1) -> Any:
    """An option that is a TCP port; ``least=0`` where 0 stands for none."""
    return typer.Option(help=said, min=least, max=65_535)
