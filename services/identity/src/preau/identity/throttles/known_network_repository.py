"""The networks from which a login succeeded lately: an attack from elsewhere does not keep its owner out."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.database import hot
from preau.common.db.driver import Statement
from preau.identity.throttles.keys import network_key
from preau.identity.throttles.tables import KnownNetwork

KEPT = timedelta(days=90)
_KNOWN = Statement(
    """
    SELECT 1 FROM known_network
    WHERE account_key = :account AND network_key = :network AND seen_at > clock_timestamp() - :kept::interval
    """
)
_SEEN = Statement(
    """
    INSERT INTO known_network (account_key, network_key, seen_at)
    VALUES (:account, :network, clock_timestamp())
    ON CONFLICT (account_key, network_key) DO UPDATE SET seen_at = clock_timestamp()
    """
)


async def is_known(session: AsyncSession, account: str, address: str) -> bool:
    """Whether the account (``account_key``) is known from the network of ``address``."""
    about = {"account": account, "network": network_key(address), "kept": KEPT}
    return bool(await hot(session).rows(_KNOWN, about))


async def remember(session: AsyncSession, account: str, address: str) -> None:
    """The owner was here."""
    await hot(session).rows(_SEEN, {"account": account, "network": network_key(address)})


async def forget_all(session: AsyncSession, account: str) -> None:
    """The password was lost: whoever was here may have been another."""
    await session.execute(delete(KnownNetwork).where(KnownNetwork.account_key == account))


async def delete_old(session: AsyncSession, now: datetime) -> None:
    """Drop networks not seen for long."""
    await session.execute(delete(KnownNetwork).where(KnownNetwork.seen_at < now - KEPT))
