"""Logs: JSON lines with the correlation id, and nothing personal, however it comes in."""

import json
import subprocess
import sys
from functools import cache
from typing import Any

SCRIPT = r"""
import logging
from pydantic import BaseModel
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser
from preau.common.context import begin_work
from preau.common.logging import configure_logging, logger

configure_logging()
log = logger("tests")
log.info("before any work")
begin_work("click-12345678")
log.info("signed in", email="a@durand.example", password="Durand", account_id=7)
log.info("registered", family={"label": "Durand", "children": [{"first_name": "Durand", "level": "CP"}]})
logging.getLogger("elsewhere").warning("from a library", extra={"email": "a@durand.example"})
logging.getLogger("uvicorn.access").info("GET /?email=a@durand.example")
log.debug("not asked for")
try:
    MultipartParser(b"boundary").write(b"a bad body")
except MultipartParseError:
    log.info("a bad body was refused")

class Form(BaseModel):
    children: int

def work(entered):
    kept_here = entered
    return Form(children=entered)

def fail(message):
    raise OSError(message)

for failing in (
    lambda: work("Durand"),
    lambda: int("Durand"),
    lambda: {}["Durand"],
    lambda: fail('duplicate key "uq_account"\nDETAIL: Key (email)=(Durand)'),
    lambda: fail('invalid input syntax for type uuid: "Durand"'),
):
    try:
        failing()
    except Exception:
        log.exception("failed")
"""


@cache
def lines() -> list[dict[str, Any]]:
    """What a process of its own writes: logging is set up once and for all."""
    run = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert run.stdout == ""
    return [json.loads(line) for line in run.stderr.splitlines()]


def line(event: str) -> dict[str, Any]:
    return next(found for found in lines() if found["event"] == event)


def test_each_line_says_what_when_where_and_how_bad() -> None:
    assert [found["event"] for found in lines()[:4]] == [
        "before any work",
        "signed in",
        "registered",
        "from a library",
    ]
    for found in lines():
        assert {"event", "level", "logger", "timestamp"} <= found.keys()


def test_the_correlation_id_stands_in_each_line_of_the_work() -> None:
    assert "correlation_id" not in line("before any work")
    assert {found["correlation_id"] for found in lines()[1:]} == {"click-12345678"}


def test_nothing_personal_is_written() -> None:
    assert "durand" not in json.dumps(lines()).lower()


def test_what_is_not_personal_stays() -> None:
    assert line("signed in")["account_id"] == 7
    assert line("registered")["family"]["children"] == [{"first_name": "[…]", "level": "CP"}]


def test_an_exception_says_where_and_what_kind_but_not_what_was_entered() -> None:
    failures = [found["exception"][-1] for found in lines() if found["event"] == "failed"]
    assert [failure["exc_type"] for failure in failures] == [
        "ValidationError",
        "ValueError",
        "KeyError",
        "OSError",
        "OSError",
    ]
    assert [frame["name"] for frame in failures[0]["frames"][:3]] == ["<module>", "<lambda>", "work"]
    assert failures[3]["exc_value"] == 'duplicate key "uq_account"'
    assert all("locals" not in frame for failure in failures for frame in failure["frames"])


def test_a_bad_body_of_a_client_is_no_warning() -> None:
    assert line("a bad body was refused")
    assert not [found for found in lines() if found["logger"].startswith("python_multipart")]
