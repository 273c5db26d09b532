"""The providers of this installation, and asking one of them in bounded time."""

import asyncio
from collections.abc import Awaitable, Mapping
from datetime import timedelta
from typing import TypeVar

from preau.common.errors import Conflict
from preau.common.logging import logger
from preau.payments.providers.protocols import Charge, ProviderUnavailable

log = logger(__name__)
T = TypeVar("T")


class NoProvider(Conflict):
    type, title = "no-provider", "Paiement en ligne non ouvert"


class Providers:
    """The adapters by name; what each can do shows in the protocols that it has.

    ``default`` collects for a régie without a agreement; empty when none does.
    """

    def __init__(self, adapters: Mapping[str, Charge], default: str, timeout: timedelta) -> None:
        self._adapters = dict(adapters)
        self._timeout = timeout.total_seconds()
        self.default = default

    def __contains__(self, name: str) -> bool:
        return name in self._adapters

    def named(self, name: str) -> Charge:
        """The adapter ``name``; raises ``NoProvider`` when this installation has none."""
        try:
            return self._adapters[name]
        except KeyError:
            raise NoProvider("Cette régie n’accepte pas encore le paiement en ligne.") from None

    async def promptly(self, question: Awaitable[T]) -> T:
        """The provider's answer, or ``ProviderUnavailable`` when it takes too long."""
        try:
            async with asyncio.timeout(self._timeout):
                return await question
        except TimeoutError as error:
            log.warning("provider too slow", seconds=self._timeout)
            raise ProviderUnavailable("no answer in time") from error
