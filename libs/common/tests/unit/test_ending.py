"""What runs beside the requests ends for certain, and in time."""

import asyncio

import pytest
import structlog
from structlog.testing import CapturingLogger

from preau.common import ending
from preau.common.ending import end_tasks, end_within


async def goes_on_once(said: list[str]) -> None:
    """Loses the first cancellation, as ``asyncio.wait_for`` may."""
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        said.append("lost")
    await asyncio.sleep(60)


async def test_a_lost_cancellation_is_said_again() -> None:
    said: list[str] = []
    task = asyncio.create_task(goes_on_once(said))
    await asyncio.sleep(0)
    async with asyncio.timeout(30):
        await end_tasks([task])
    assert task.cancelled()
    assert said == ["lost"]


async def test_a_task_that_failed_or_ended_is_no_failure_of_the_ending() -> None:
    async def fails() -> None:
        raise ZeroDivisionError

    tasks = [asyncio.create_task(fails()), asyncio.create_task(asyncio.sleep(0))]
    await asyncio.wait(tasks)
    await end_tasks(tasks)
    await end_tasks([])
    assert isinstance(tasks[0].exception(), ZeroDivisionError)


async def test_what_does_not_end_in_time_is_left_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a log of its own: where that of the process goes is settled by whatever configured it last."""
    heard = CapturingLogger()
    monkeypatch.setattr(ending, "log", structlog.wrap_logger(heard, processors=[]))
    await end_within(0.01, "the slow one", asyncio.sleep(60))
    await end_within(5, "the quick one", asyncio.sleep(0))
    assert [call.kwargs["what"] for call in heard.calls] == ["the slow one"]
