"""What is guarded against guessing, and how hard.

Three bounds: by account *and* network, a back-off that a few failures start; by account alone and by network
alone, slow budgets that many failures exhaust. Nobody locks the owner of an account out from elsewhere: the
first bound does not reach them, and the slow ones let pass whom the account is known by.
"""

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from preau.identity.throttles.backoff_repository import count_try, forget_tries
from preau.identity.throttles.budget_repository import give_back, spend
from preau.identity.throttles.domain import Backoff, Budget
from preau.identity.throttles.keys import key_of, network_key
from preau.identity.throttles.known_network_repository import is_known


class Guard(NamedTuple):
    """The bounds of one use; tries of different uses are counted apart."""

    use: str
    pair: Backoff
    account: Budget
    network: Budget


SIGN_IN = Guard(
    "sign-in",
    pair=Backoff(free=5),
    account=Budget(burst=100, each=timedelta(seconds=30)),
    network=Budget(burst=300, each=timedelta(seconds=3)),
)
CURRENT_PASSWORD = Guard(
    "current-password",
    pair=Backoff(free=5),
    account=Budget(burst=50, each=timedelta(minutes=1)),
    network=Budget(burst=300, each=timedelta(seconds=3)),
)
PASSWORD_RESET = Guard(
    "password-reset",
    pair=Backoff(free=3, first=timedelta(minutes=1)),
    account=Budget(burst=10, each=timedelta(minutes=10)),
    network=Budget(burst=60, each=timedelta(seconds=30)),
)
MEMBERSHIP_CODE = Guard(
    "membership-code",
    pair=Backoff(free=5),
    account=Budget(burst=20, each=timedelta(minutes=5)),
    network=Budget(burst=60, each=timedelta(minutes=1)),
)


class Try(NamedTuple):
    """A try that was counted."""

    guard: Guard
    account: str
    address: str
    known: bool

    @property
    def pair_key(self) -> str:
        return key_of(self.guard.use, "pair", self.account, network_key(self.address))

    @property
    def account_key(self) -> str:
        return key_of(self.guard.use, "account", self.account)

    @property
    def network_key(self) -> str:
        return key_of(self.guard.use, "network", network_key(self.address))


async def begin_try(session: AsyncSession, guard: Guard, account: str, address: str) -> Try:
    """Count a try at ``account`` (``account_key``) from ``address``, before it is made.

    Raises ``TooManyRequests``; the caller's transaction then rolls back, and nothing was counted.
    """
    begun = Try(guard, account, address, await is_known(session, account, address))
    if not begun.known:
        await spend(session, guard.network, begun.network_key)
        await spend(session, guard.account, begun.account_key)
    await count_try(session, guard.pair, begun.pair_key)
    return begun


async def end_try(session: AsyncSession, done: Try) -> None:
    """The try succeeded and costs nothing; what others tried is remembered."""
    if not done.known:
        await give_back(session, done.guard.network, done.network_key)
        await give_back(session, done.guard.account, done.account_key)
    await forget_tries(session, done.pair_key)
