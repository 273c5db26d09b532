"""What follows a piece of work: an id of ours, or a client's if it is harmless."""

from uuid import UUID

import pytest

from preau.common.context import begin_work, causation_id, correlation_id, traceparent

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_harmless_id_is_kept() -> None:
    assert begin_work("click-0123.abc", causation="message", trace=TRACE) == "click-0123.abc"
    assert (correlation_id.get(), causation_id.get(), traceparent.get()) == (
        "click-0123.abc",
        "message",
        TRACE,
    )


@pytest.mark.parametrize("odd", ["", "short", "x" * 65, 'a"}\n{"level":"x', "é" * 10, "../../etc/passwd"])
def test_an_odd_id_is_replaced(odd: str) -> None:
    assert UUID(begin_work(odd)).version == 7


@pytest.mark.parametrize("odd", ["", TRACE.upper(), TRACE + "\n", "99" + TRACE[2:], "00-0-0-0"])
def test_an_odd_trace_is_dropped(odd: str) -> None:
    begin_work(trace=odd)
    assert traceparent.get() == ""


def test_new_work_forgets_the_work_before() -> None:
    first = begin_work(causation="message", trace=TRACE)
    assert begin_work() != first
    assert (causation_id.get(), traceparent.get()) == ("", "")
