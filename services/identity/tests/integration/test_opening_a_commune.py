"""An operator opens a commune; its administrator signs in, and the other services hear of it."""

import pytest

from preau.common.errors import FieldErrors
from preau.contracts.identity import CommuneUpdatedV1
from preau.identity.opening import open_commune

PASSWORD = "trois petits chats dansent"


async def test_a_commune_opens_with_an_administrator(identity) -> None:
    made = await open_commune(
        identity.database, slug="neuville", name="Neuville", email="Agent@neuville.example", password=PASSWORD
    )
    answer = await identity.client.post(
        "/public/sessions",
        json={"email": "agent@neuville.example", "password": PASSWORD, "subject": "agent"},
    )
    assert answer.status_code == 201, answer.text
    told = await identity.service.emitted(CommuneUpdatedV1)
    assert (made.commune_id, "Neuville") in [(event.commune_id, event.name) for event in told]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("slug", {"slug": "Mont Blanc"}),
        ("slug", {"slug": "jolieville"}),
        ("admin_email", {"email": "personne"}),
        ("password", {"password": "court"}),
    ],
)
async def test_what_will_not_do_is_said_and_nothing_is_made(identity, field: str, wrong: dict) -> None:
    wanted = {"slug": "neuville", "name": "N", "email": "a@neuville.example", "password": PASSWORD}
    before = (await identity.client.get("/public/communes")).json()["items"]
    with pytest.raises(FieldErrors) as refused:
        await open_commune(identity.database, **{**wanted, **wrong})
    assert refused.value.extras["errors"][0]["field"] == field
    assert (await identity.client.get("/public/communes")).json()["items"] == before
