"""What a tour is made of: steps that are so, or not."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from rich.console import Console

Found = TypeVar("Found")


class NotSo(Exception):
    """The first thing that is not as it should be: the tour ends here."""


def check(holds: object, otherwise: str) -> None:
    """Go on if it holds."""
    if not holds:
        raise NotSo(otherwise)


def wait_until(look: Callable[[], Found | None], what: str, seconds: float = 90) -> Found:
    """Look again and again until something is found: effects travel by events."""
    give_up_at = time.monotonic() + seconds
    pause = 0.05
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > give_up_at:
            raise NotSo(f"after {seconds:.0f} s still not: {what}")
        time.sleep(pause)
        pause = min(1.0, pause * 1.5)


class Narrator:
    """Prints each step with its time and what it saw."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def chapter(self, title: str) -> None:
        self._console.print(f"\n[bold]{title}[/bold]")

    def step(self, title: str, act: Callable[[], Any]) -> None:
        """Run one step; it returns what it saw. Raises what the step raises, after telling."""
        started = time.monotonic()
        try:
            saw = act()
        except Exception as error:
            milliseconds = (time.monotonic() - started) * 1000
            self._console.print(f"  [red]✗[/red] {title} [dim]({milliseconds:,.0f} ms)[/dim]")
            self._console.print(f"    {error}", markup=False)
            raise
        milliseconds = (time.monotonic() - started) * 1000
        self._console.print(f"  [green]✓[/green] {title} [dim]({milliseconds:,.0f} ms)[/dim]")
        if saw:
            self._console.print(f"    {saw}", markup=False, style="dim")
