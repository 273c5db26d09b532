"""The nightly audit tells what it found, and what it could not do."""

import asyncio
import re
import urllib.request
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from preau.common.embedded.process import free_port
from preau.common.invariants import invariants_of
from preau.operations.audit.finding import Finding
from preau.operations.audit.nightly import Metrics, audit_nightly, pause_after, until_next
from preau.operations.services import SERVICES

FOUND = Finding("no more places used than there are", "reservations", "slot x: 3 of 2")


@pytest.mark.parametrize(
    ("now", "wait"),
    [
        (datetime(2026, 3, 1, 1, 30), timedelta(hours=1, minutes=30)),  # noqa: DTZ001
        (datetime(2026, 3, 1, 3, 0), timedelta(hours=24)),  # noqa: DTZ001
        (datetime(2026, 3, 1, 22, 0), timedelta(hours=5)),  # noqa: DTZ001
    ],
)
def test_it_waits_for_the_night(now: datetime, wait: timedelta) -> None:
    assert until_next(now, 3) == wait


def test_it_looks_again_soon_while_something_is_wrong() -> None:
    evening = datetime(2026, 3, 1, 22, 0)  # noqa: DTZ001
    assert pause_after([], evening, 3) == timedelta(hours=5)
    assert pause_after([FOUND], evening, 3) == timedelta(hours=1)
    assert pause_after([FOUND], evening.replace(hour=2, minute=30), 3) == timedelta(minutes=30)


async def told_after(result: list[Finding] | Exception) -> str:
    """What the metrics say after one audit with this result."""
    metrics, port, made = Metrics(), free_port(), asyncio.Event()
    metrics.serve(port)

    async def audit() -> list[Finding]:
        made.set()
        if isinstance(result, Exception):
            raise result
        return result

    running = asyncio.create_task(audit_nightly(audit, metrics, 3))
    await made.wait()
    await asyncio.sleep(0)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    answer = await asyncio.to_thread(urllib.request.urlopen, f"http://127.0.0.1:{port}/metrics", timeout=10)
    return answer.read().decode()


def value(told: str, name: str) -> float:
    [found] = re.findall(rf"^{re.escape(name)} (\S+)$", told, re.MULTILINE)
    return float(found)


async def test_every_rule_is_there_at_nought_when_all_holds() -> None:
    told = await told_after([])
    for service in SERVICES:
        for rule in invariants_of(service):
            assert value(told, f'preau_audit_findings{{rule="{rule.says}",service="{service}"}}') == 0
    assert value(told, "preau_audit_last_success_timestamp_seconds") > 0


async def test_a_finding_is_counted_and_is_no_success() -> None:
    told = await told_after([FOUND, FOUND._replace(what="slot y: 9 of 8")])
    assert value(told, f'preau_audit_findings{{rule="{FOUND.rule}",service="reservations"}}') == 2
    assert value(told, "preau_audit_last_run_timestamp_seconds") > 0
    assert value(told, "preau_audit_last_success_timestamp_seconds") == 0


async def test_an_audit_that_could_not_be_made_is_told_and_is_no_run() -> None:
    told = await told_after(OSError("the database is away"))
    assert value(told, "preau_audit_failures_total") == 1
    assert value(told, "preau_audit_last_run_timestamp_seconds") == 0


def test_an_audit_without_a_services_invariants_is_none() -> None:
    with pytest.raises(LookupError, match="preau-elsewhere is not installed"):
        invariants_of("elsewhere")
