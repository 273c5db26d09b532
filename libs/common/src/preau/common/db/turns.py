"""Turns: what no row stands for yet, and only one transaction at a time may look for and add."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_TURN = text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))")
_BEFORE = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:what, 0))")


async def take_turn(session: AsyncSession, what: str) -> None:
    """Wait until no other transaction is at ``what``, and keep others waiting until this one ends."""
    await session.execute(_TURN, {"what": what})


async def come_before_turn(session: AsyncSession, what: str) -> None:
    """Keep who takes its turn at ``what`` waiting until this transaction ends; others may do so at once.

    Who was at it already is waited for: what this transaction reads from now on is what that one wrote.
    """
    await session.execute(_BEFORE, {"what": what})
