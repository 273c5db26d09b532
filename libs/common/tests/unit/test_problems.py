"""Every error is a problem document in French, and none tells of the inside."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI, Path
from prometheus_client import CollectorRegistry
from pydantic import Field, field_validator
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from preau.common.db.failures import database_is_away
from preau.common.errors import Conflict
from preau.common.http.edge import Edge, HttpFigures
from preau.common.http.problems import install_problem_handlers
from preau.common.http.schemas import RequestModel


class SlotFull(Conflict):
    type, title = "slot-full", "Complet"


class ChildIn(RequestModel):
    first_name: Annotated[str, Field(min_length=1, max_length=10)]
    rank: Annotated[int, Field(ge=1)] = 1


class FamilyIn(RequestModel):
    label: str
    children: tuple[ChildIn, ...] = ()

    @field_validator("label")
    @classmethod
    def no_digits(cls, label: str) -> str:
        if any(letter.isdigit() for letter in label):
            raise ValueError("Un nom ne porte pas de chiffres.")
        return label


class BoundsIn(RequestModel):
    amount_cents: int = Field(default=0, ge=0, le=1_000_000)
    quotient: int = Field(default=0, le=100_000)
    rate: Decimal = Field(default=Decimal(0), le=Decimal("0.5"))
    born_on: date = Field(default=date(2020, 1, 1), ge=date(1990, 1, 1))
    zone: Literal["A", "B", "C"] = "A"


RAISED: dict[str, Exception] = {
    "bug": ZeroDivisionError("secret of the inside"),
    "full": SlotFull("Il n’y a plus de place.", slot_date="2026-03-12"),
    "refused": ConnectionRefusedError("10.0.0.7 refused"),
    "cut": asyncpg.ConnectionDoesNotExistError("connection was closed"),
    "shutdown": OperationalError("SELECT secret", {}, asyncpg.AdminShutdownError("terminating")),
    "pool": PoolTimeout("QueuePool limit"),
    "lock": asyncpg.LockNotAvailableError("canceling statement due to lock timeout"),
    "deadlock": OperationalError("UPDATE secret", {}, asyncpg.DeadlockDetectedError("deadlock")),
    "slow": asyncpg.QueryCanceledError("statement timeout"),
}


def make_app() -> FastAPI:
    app = FastAPI()
    install_problem_handlers(app)
    app.add_middleware(Edge, service=app, figures=HttpFigures(CollectorRegistry()))

    @app.post("/families")
    async def register(body: FamilyIn) -> dict[str, str]:
        return {"label": body.label}

    @app.post("/bounds")
    async def bounds(body: BoundsIn) -> str:
        return body.zone

    @app.get("/raise/{what}")
    async def fail(what: Annotated[str, Path()]) -> None:
        raise RAISED[what]

    @app.get("/numbers/{number}")
    async def number(number: int) -> int:
        return number

    return app


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(make_app()), base_url="http://service"
    ) as client:
        yield client


def problem(answer: httpx2.Response, status: int, kind: str) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == status
    assert document["type"] == f"https://preau.example/problems/{kind}"
    assert document["title"]
    assert document["instance"] == answer.request.url.path
    return document


async def test_what_is_wrong_is_told_field_by_field_in_french(client: httpx2.AsyncClient) -> None:
    body = {
        "label": "Durand 2",
        "status": "paid",
        "children": [{"first_name": ""}, {"first_name": "Zoé", "rank": 0}, {"first_name": "x" * 11}, {}],
    }
    document = problem(await client.post("/families", json=body), 422, "invalid")
    assert {error["field"]: error["message"] for error in document["errors"]} == {
        "label": "Un nom ne porte pas de chiffres.",
        "status": "Ce champ n’est pas attendu.",
        "children.0.first_name": "Ce texte est trop court (1 caractères au moins).",
        "children.1.rank": "La valeur doit être d’au moins 1.",
        "children.2.first_name": "Ce texte est trop long (10 caractères au plus).",
        "children.3.first_name": "Ce champ est obligatoire.",
    }


async def test_bounds_are_told_as_french_readers_write_them(client: httpx2.AsyncClient) -> None:
    body = {"amount_cents": 1_000_001, "quotient": 100_001, "rate": 1, "born_on": "1989-12-31", "zone": "Z"}
    document = problem(await client.post("/bounds", json=body), 422, "invalid")
    assert {error["field"]: error["message"] for error in document["errors"]} == {
        "amount_cents": "La valeur doit être d’au plus 10\u202f000,00\u00a0€.",
        "quotient": "La valeur doit être d’au plus 100\u202f000.",
        "rate": "La valeur doit être d’au plus 0,5.",
        "born_on": "La valeur doit être d’au moins 01/01/1990.",
        "zone": "Valeurs possibles : 'A', 'B' ou 'C'.",
    }


async def test_what_was_entered_is_not_given_back(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/families", json={"label": {"secret": "Durand"}})
    problem(answer, 422, "invalid")
    assert "Durand" not in answer.text


async def test_a_bad_parameter_is_a_field_too(client: httpx2.AsyncClient) -> None:
    document = problem(await client.get("/numbers/seven"), 422, "invalid")
    assert document["errors"] == [{"field": "number", "message": "Un nombre entier est attendu."}]


@pytest.mark.parametrize("content", [b"{not json", b"", b"[1, 2]", b'"text"', b"null"])
async def test_a_body_that_is_not_the_json_expected_is_422(client: httpx2.AsyncClient, content) -> None:
    answer = await client.post("/families", content=content, headers={"Content-Type": "application/json"})
    assert problem(answer, 422, "invalid")["errors"]


@pytest.mark.parametrize("content", [b'{"label": "\xff"}', b"[" * 100_000, b'{"label": "\xff\xfe"'])
async def test_a_body_that_cannot_be_read_is_told_in_french(client: httpx2.AsyncClient, content) -> None:
    answer = await client.post("/families", content=content, headers={"Content-Type": "application/json"})
    assert problem(answer, 400, "bad-request")["detail"] == "Le contenu envoyé n’a pas pu être lu."


async def test_no_such_address_and_no_such_method(client: httpx2.AsyncClient) -> None:
    problem(await client.get("/nowhere"), 404, "not-found")
    refused = await client.put("/families")
    problem(refused, 405, "method-not-allowed")
    assert refused.headers["allow"] == "POST"


async def test_an_error_of_ours_carries_its_extras(client: httpx2.AsyncClient) -> None:
    document = problem(await client.get("/raise/full"), 409, "slot-full")
    assert (document["detail"], document["slot_date"]) == ("Il n’y a plus de place.", "2026-03-12")


async def test_a_bug_says_nothing_of_the_inside(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/raise/bug")
    problem(answer, 500, "internal")
    assert "secret" not in answer.text
    assert "ZeroDivision" not in answer.text
    assert answer.headers["x-correlation-id"], "the trace can be found"


@pytest.mark.parametrize("what", ["refused", "cut", "shutdown", "pool", "lock", "deadlock", "slow"])
async def test_a_database_away_or_busy_is_503_and_worth_trying_again(
    client: httpx2.AsyncClient, what: str
) -> None:
    answer = await client.get(f"/raise/{what}")
    problem(answer, 503, "unavailable")
    assert 1 <= int(answer.headers["retry-after"]) <= 5
    assert answer.headers["cache-control"] == "no-store"
    assert "secret" not in answer.text
    assert "10.0.0.7" not in answer.text


async def test_giving_up_is_not_an_error_to_answer() -> None:
    """A task that is cancelled stays cancelled: the edge catches errors, nothing else."""

    async def app(_scope, _receive, _send) -> None:
        raise asyncio.CancelledError

    edge = Edge(app, service=FastAPI(), figures=HttpFigures(CollectorRegistry()))
    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    with pytest.raises(asyncio.CancelledError):
        await edge(scope, None, None)  # type: ignore[arg-type]


def test_a_file_that_is_missing_is_no_database_that_is_away() -> None:
    assert database_is_away(ConnectionRefusedError())
    assert database_is_away(TimeoutError())
    assert not database_is_away(FileNotFoundError("receipt.typ"))
    assert not database_is_away(ValueError())
