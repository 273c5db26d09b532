"""What `preau replay` shows while it sends."""

from datetime import datetime

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from preau.contracts.topology import QUEUES
from preau.operations.reaching import connected_broker
from preau.operations.replay import NotTaken, queue_named, replay
from preau.operations.services import urls_by_service


async def run_replay(
    console: Console,
    queue_name: str,
    since: datetime,
    until: datetime | None,
    database_url: str,
    broker_url: str,
) -> int:
    """Replay with progress; the exit status."""
    try:
        queue = queue_named(queue_name)
    except KeyError:
        console.print(f"No queue {queue_name}. There are: {', '.join(queue.name for queue in QUEUES)}")
        return 2
    urls = urls_by_service(database_url)
    try:
        async with connected_broker(broker_url, name="preau-replay") as broker:
            with Progress(
                SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console
            ) as progress:
                task = progress.add_task("", total=None)

                def tell(sent: int, said_at: datetime) -> None:
                    progress.update(
                        task, description=f"{sent} sent, said until {said_at.astimezone():%d/%m %H:%M:%S}"
                    )

                sent = await replay(
                    urls, broker, queue, _moment(since), until and _moment(until), progress=tell
                )
    except NotTaken as error:
        console.print(f"✗ {error}", markup=False)
        return 1
    console.print(f"{sent} message(s) sent to {queue_name}")
    return 0


def _moment(given: datetime) -> datetime:
    """Without an offset it is the time of this machine."""
    return given.astimezone()
