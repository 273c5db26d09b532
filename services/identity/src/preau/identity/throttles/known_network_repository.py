"""The networks from which a login succeeded lately: an attack from elsewhere does not keep its owner out."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.identity.throttles.keys import network_key
from preau.identity.throttles.tables import KnownNetwork

KEPT = timedelta(days=90)


async def is_known(session: AsyncSession, account: str, address: str) -> bool:
    """Whether the account (``account_key``) is known from the network of ``address``."""
    found = await session.scalar(
        select(KnownNetwork.seen_at).where(
            KnownNetwork.account_key == account,
            KnownNetwork.network_key == network_key(address),
            KnownNetwork.seen_at > func.clock_timestamp() - KEPT,
        )
    )
    return found is not None


async def remember(session: AsyncSession, account: str, address: str) -> None:
    """The owner was here."""
    seen = {"account_key": account, "network_key": network_key(address), "seen_at": func.clock_timestamp()}
    await session.execute(
        insert(KnownNetwork)
        .values(**seen)
        .on_conflict_do_update(
            index_elements=[KnownNetwork.account_key, KnownNetwork.network_key],
            set_={"seen_at": func.clock_timestamp()},
        )
    )


async def forget_all(session: AsyncSession, account: str) -> None:
    """The password was lost: whoever was here may have been another."""
    await session.execute(delete(KnownNetwork).where(KnownNetwork.account_key == account))


async def delete_old(session: AsyncSession, now: datetime) -> None:
    """Drop networks not seen for long."""
    await session.execute(delete(KnownNetwork).where(KnownNetwork.seen_at < now - KEPT))
