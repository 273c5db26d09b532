"""Whatever is sent that the documents allow, or almost: no operation of a service fails with a 5xx.

Drawn by schemathesis from each OpenAPI document, the same examples in each run; ``PREAU_FUZZ_EXAMPLES=200``
draws that many for each operation, others in each run.
"""

import asyncio
import base64
import json
import os
import warnings
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
import schemathesis
from fastapi import APIRouter
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core import NOT_SET

from preau.common.http.permissions import Anyone
from preau.common.ids import new_id
from tests.fleet import SERVICES, Service
from tests.security.town import Town, open_town

EXAMPLES = int(os.environ.get("PREAU_FUZZ_EXAMPLES", "6"))
OUTSIDE = {"DELETE /parent/sessions/current", "DELETE /agent/sessions/current"}
"""Not fuzzed: there is nothing to draw in them."""
settings.register_profile(
    "fuzzing",
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="PREAU_FUZZ_EXAMPLES" not in os.environ,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Fuzzer:
    """Sends drawn requests to a town, with the token that the operation asks for."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.client = requests.Session()
        self.failures: list[str] = []
        self.sent = 0
        self.answered: set[int] = set()

    def fuzz_all(self, *, only: str = "") -> None:
        document = self.town.service.app.openapi()
        for found in schemathesis.openapi.from_dict(document).get_all_operations():
            operation = found.ok()
            label = f"{operation.method.upper()} {operation.path}"
            if label not in OUTSIDE and label.endswith(only):
                self.fuzz(operation, label, GenerationMode.POSITIVE)
                with suppress(Unsatisfiable):  # nothing to get wrong where nothing is asked
                    self.fuzz(operation, label, GenerationMode.NEGATIVE)

    def fuzz(self, operation: Any, label: str, mode: GenerationMode) -> None:
        @settings(settings.get_profile("fuzzing"))
        @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans())
        def send(case: Any, known: bool) -> None:
            self.send(case, label, known=known)

        send()

    def send(self, case: Any, label: str, *, known: bool) -> None:
        """Half of the time with ids of things that exist: what is behind them is reached too."""
        for name in case.path_parameters:
            if name == "family_id":
                case.path_parameters[name] = str(self.town.martin.family_id)
            elif known and name in self.town.ids:
                case.path_parameters[name] = self.town.ids[name]
        who = self.town.agent if "/agent/" in case.path else self.town.parent
        headers = {
            **{key: value for key, value in case.headers.items() if key.lower() != "authorization"},
            "Authorization": who["Authorization"],
        }
        if known:
            headers["Idempotency-Key"] = str(new_id())
        answer = case.call(base_url=self.town.service.url, headers=headers, session=self.client, timeout=20)
        self.sent += 1
        self.answered.add(answer.status_code)
        if answer.status_code >= 500:
            body = "" if case.body is NOT_SET else f" {case.body!r:.300}"
            self.failures.append(f"{label} {case.path_parameters} {case.query}{body}: {answer.text:.200}")


def forged_cursor(*keys: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(keys).encode()).decode()


ODD = [
    "\\",
    "%",
    "_%\\",
    "'",
    '"',
    "\x00",
    "a\x00b",
    "\ud7ff\U0001f600",
    "(" * 400,
    "1" * 400,
    "-1",
    "NaN",
    "{}",
]
CURSORS = [
    forged_cursor(*(odd for _ in range(size)))
    for size in (1, 2, 3)
    for odd in (None, {}, [], "x", -1, 10**30, 1e400, "9999-12-31", "0001-01-01T00:00:00+14:00", "a\x00")
]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_odd_texts_and_forged_cursors_in_the_query_are_no_failure(town_of, service: Service) -> None:
    town = await town_of(service)
    failures: list[str] = []
    for path, methods in town.service.app.openapi()["paths"].items():
        named = [
            found["name"] for found in methods.get("get", {}).get("parameters", ()) if found["in"] == "query"
        ]
        for name in named:
            for value in CURSORS if name == "cursor" else ODD:
                query = urlencode({name: value})
                headers = town.agent if path.startswith("/agent/") else town.parent
                answer = await town.ask(f"GET {path}?{query}", headers)
                if answer.status_code >= 500 or (name == "cursor" and answer.status_code != 422):
                    failures.append(f"{path} {name}={value}: {answer.status_code} {answer.text:.200}")
    assert failures == []


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_nothing_that_can_be_sent_is_a_failure(service: Service, tmp_path) -> None:
    own = {"documents_url": f"file:{tmp_path}"} if service.name == "requests" else {}
    async with open_town(service, **own) as town:
        fuzzer = Fuzzer(town)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            await asyncio.to_thread(fuzzer.fuzz_all)
    assert fuzzer.failures == []
    assert {200, 404, 422} <= fuzzer.answered, "the requests got as far as the routes"
    assert fuzzer.sent > 100


async def test_a_planted_failure_is_found() -> None:
    planted = APIRouter()

    @planted.post("/public/planted/{number}")
    async def fails(anyone: Anyone, number: int) -> float:
        return 1 / (number - number)

    async with open_town(SERVICES[3]) as town:
        town.service.app.include_router(planted)
        fuzzer = Fuzzer(town)
        await asyncio.to_thread(fuzzer.fuzz_all, only="/planted/{number}")
    assert fuzzer.failures
    assert "POST /public/planted/{number}" in fuzzer.failures[0]
