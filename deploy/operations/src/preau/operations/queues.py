"""``preau queues``: how full the queues are, what is parked and why, and putting it back."""

from rich.console import Console
from rich.table import Table

from preau.common.messaging.connect import broker_from_url
from preau.common.messaging.consumer import queue_spec
from preau.contracts.topology import QUEUES


async def show_queues(console: Console, broker_url: str, *, parked: str = "", replay: str = "") -> None:
    """Print the depths of all queues, or the parked messages of one, or replay those of one."""
    broker = broker_from_url(broker_url, name="preau-queues")
    await broker.connect()
    try:
        await broker.declare([queue_spec(queue) for queue in QUEUES])
        if replay:
            console.print(f"{await broker.replay(replay)} message(s) put back into {replay}")
        elif parked:
            table = Table("message", "type", "reason")
            for item in await broker.parked(parked):
                table.add_row(item.message.message_id, item.message.routing_key, item.reason)
            console.print(table)
        else:
            table = Table("queue", "messages", "parked")
            for depth in await broker.depths([queue.name for queue in QUEUES]):
                table.add_row(depth.name, str(depth.messages), str(depth.parked))
            console.print(table)
    finally:
        await broker.close()
