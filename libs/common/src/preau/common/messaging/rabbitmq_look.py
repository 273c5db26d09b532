"""Looking whether a topology is there, with no right but to connect (passive declarations need none)."""

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from aio_pika.abc import AbstractRobustConnection
from aio_pika.exceptions import ChannelNotFoundEntity
from aiormq.abc import AbstractChannel
from yarl import URL

from preau.common.messaging.rabbitmq_topology import Binding, Topology

Question = Callable[[AbstractChannel], Awaitable[Any]]
BINDINGS = "/api/bindings/%2F"


async def answers(connection: AbstractRobustConnection, question: Question) -> bool:
    """Whether what is asked for is there. Waits as long as the broker does not answer.

    On a channel of its own: the broker closes it at a no, and it is not to come back with the connection.
    """
    if connection.transport is None:
        raise ConnectionError("the broker is away")
    channel = await connection.transport.connection.channel(publisher_confirms=False)
    try:
        await question(channel)
    except ChannelNotFoundEntity:
        return False
    await channel.close()
    return True


def exchange_is_there(name: str) -> Question:
    return lambda channel: channel.exchange_declare(name, passive=True)


def queue_is_there(name: str) -> Question:
    return lambda channel: channel.queue_declare(name, passive=True)


async def absent(connection: AbstractRobustConnection, topology: Topology) -> list[str]:
    """Exchanges and queues that are not there, in words."""
    questions = {f"exchange {name}": exchange_is_there(name) for name in topology.exchanges}
    questions |= {f"queue {name}": queue_is_there(name) for name in topology.queues}
    return [what for what, question in questions.items() if not await answers(connection, question)]


async def unbound(management_url: str, login: aiohttp.BasicAuth, topology: Topology) -> list[str]:
    """Bindings that are not there, in words: over the management API, as AMQP has no question for it.

    Raises aiohttp.ClientError or TimeoutError when it does not answer.
    """
    timeout = aiohttp.ClientTimeout(total=5)
    async with (
        aiohttp.ClientSession(auth=login, timeout=timeout) as client,
        client.get(URL(management_url.rstrip("/") + BINDINGS, encoded=True)) as answer,
    ):
        answer.raise_for_status()
        there = {
            Binding(one["source"], one["destination"], one["routing_key"]) for one in await answer.json()
        }
    return sorted(map(str, topology.bindings - there))
