"""``preau queues``: how full the queues are, what is parked and why, putting it back or dropping it."""

from collections import Counter
from collections.abc import AsyncGenerator, Callable

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from preau.common.messaging.broker import Broker, Choice, Parked
from preau.contracts.topology import QUEUES
from preau.operations.reaching import BROKER_PATIENCE_SECONDS, connected_broker

NAMES = tuple(queue.name for queue in QUEUES)
Confirm = Callable[[str], bool]


def containing(text: str) -> Choice:
    """Choose by a part of the reason, of the type or of the id; an empty text chooses everything."""
    wanted = text.casefold()
    return lambda item: (
        wanted in f"{item.reason}\n{item.message.routing_key}\n{item.message.message_id}".casefold()
    )


async def manage(
    broker_url: str,
    console: Console,
    task: str,
    queue: str,
    chosen: Choice,
    confirm: Confirm,
    *,
    patience_seconds: float = BROKER_PATIENCE_SECONDS,
) -> None:
    """Do one task at the broker: ``depths`` of all; ``parked``, ``replay`` or ``drop`` of one queue.

    Raises ``CannotReach``.
    """
    async with connected_broker(broker_url, name="preau-queues", patience_seconds=patience_seconds) as broker:
        if task == "depths":
            await show_depths(broker, console)
        elif task == "parked":
            await show_parked(broker, console, queue, chosen)
        elif task == "replay":
            await settle(broker.replay, "put back", broker, console, queue, chosen, confirm)
        else:
            await settle(broker.drop, "dropped", broker, console, queue, chosen, confirm)


async def show_depths(broker: Broker, console: Console) -> None:
    """Print how many messages each queue holds, and how many are parked."""
    table = Table("queue", "messages", "parked")
    for depth in await broker.depths(NAMES):
        table.add_row(depth.name, str(depth.messages), str(depth.parked))
    console.print(table)


async def show_parked(broker: Broker, console: Console, queue: str, chosen: Choice) -> None:
    """Print each parked message as it is read, and then how many there are of each reason."""
    reasons: Counter[tuple[str, str]] = Counter()
    async for item in broker.parked(queue):
        if chosen(item):
            reasons[_kind(item)] += 1
            _tell(console, item)
    _summarise(console, reasons)


async def settle(
    act: Callable[[str, Choice], AsyncGenerator[Parked]],
    fate: str,
    broker: Broker,
    console: Console,
    queue: str,
    chosen: Choice,
    confirm: Confirm,
) -> int:
    """Replay or drop what is chosen, once confirmed, and tell each: the only trace of what is dropped."""
    reasons = Counter([_kind(item) async for item in broker.parked(queue) if chosen(item)])
    _summarise(console, reasons)
    if not reasons or not confirm(f"{reasons.total()} message(s) of {queue} will be {fate}. Go on?"):
        return 0
    settled = 0
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(fate, total=reasons.total())
        async for item in act(queue, chosen):
            settled += 1
            progress.advance(task)
            _tell(console, item)
    console.print(f"{settled} message(s) of {queue} {fate}")
    return settled


def _kind(item: Parked) -> tuple[str, str]:
    return item.message.routing_key, item.reason


def _tell(console: Console, item: Parked) -> None:
    console.print(
        f"{item.message.message_id}  {item.message.routing_key}  {item.reason}", markup=False, soft_wrap=True
    )


def _summarise(console: Console, reasons: Counter[tuple[str, str]]) -> None:
    table = Table("messages", "type", "reason")
    for (routing_key, reason), count in reasons.most_common():
        table.add_row(str(count), routing_key, reason)
    console.print(table if reasons else "Nothing is parked.")
