from uuid import uuid4

import pytest

from preau.common.http.permissions import routes_without_permission
from preau.testing.services import ServiceUnderTest


def test_every_route_says_who_may(service: ServiceUnderTest) -> None:
    assert routes_without_permission(service.app) == []


@pytest.mark.parametrize("far", [False, True])
async def test_what_is_another_family_s_does_not_exist(family, neighbours, strangers, far: bool) -> None:
    """Over every operation with an id: by one's own path with their id, and by their path."""
    theirs = strangers if far else neighbours
    filed = await family.file()
    request_id, document_id = filed["request_id"], filed["documents"][0]["document_id"]
    body = {"category_id": await theirs.category(), "answers": theirs.answers(), "submit": True}
    answers = [
        await theirs.get(f"requests/{request_id}"),
        await theirs.patch(f"requests/{request_id}", {"answers": {}}),
        await theirs.post(f"requests/{request_id}/submit"),
        await theirs.post(f"requests/{request_id}/withdrawal"),
        await theirs.post(f"requests/{request_id}/messages", {"text": "x"}),
        await theirs.get(f"documents/{document_id}"),
        await theirs.delete(f"documents/{document_id}"),
        await theirs.post("requests", body | {"documents": {"identity": document_id}}),
        await theirs.post(
            "requests",
            body
            | {
                "answers": theirs.answers(child=str(family.child_id)),
                "documents": {"identity": await theirs.document()},
            },
        ),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    client, headers = family.service.client, theirs.headers
    for path in ("categories", "requests", f"requests/{request_id}", "documents", f"documents/{document_id}"):
        assert (await client.get(family.url(path), headers=headers)).status_code == 404
    assert (await family.get(f"requests/{request_id}")).json()["status"] == "submitted"


async def test_a_category_of_another_commune_does_not_exist(family, strangers) -> None:
    answer = await family.post("requests", {"category_id": await strangers.category("other")})
    assert answer.status_code == 404


async def test_another_commune_s_requests_do_not_exist(family, other_town) -> None:
    filed = await family.file()
    path = f"requests/{filed['request_id']}"
    answers = [
        await other_town.get(path),
        await other_town.decide(filed["request_id"]),
        await other_town.post(f"{path}/review"),
        await other_town.post(f"{path}/info-request", {"message": "x"}),
        await other_town.post(f"{path}/messages", {"text": "x"}),
        await other_town.patch(f"categories/{filed['category_id']}", {"is_open": False}),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert (await other_town.get("requests")).json()["items"] == []


async def test_agents_routes_want_an_agent_with_the_role(service: ServiceUnderTest, family, town) -> None:
    filed = await family.file()
    paths = [
        ("GET", "/agent/requests"),
        ("GET", f"/agent/requests/{filed['request_id']}"),
        ("POST", f"/agent/requests/{filed['request_id']}/decision"),
        ("POST", f"/agent/requests/{filed['request_id']}/review"),
        ("POST", f"/agent/requests/{filed['request_id']}/info-request"),
        ("POST", f"/agent/requests/{filed['request_id']}/messages"),
        ("GET", f"/agent/documents/{filed['documents'][0]['document_id']}"),
        ("GET", "/agent/categories"),
        ("POST", "/agent/categories"),
        ("PATCH", f"/agent/categories/{uuid4()}"),
    ]
    for method, path in paths:
        body = {"decision": "accepted"} if method != "GET" else None
        by = {
            401: {},
            4010: family.headers,
            403: service.agent(town.commune_id, "billing", "reservations", "attendance"),
        }
        for status, headers in by.items():
            answer = await service.client.request(method, path, headers=headers, json=body)
            assert answer.status_code == (401 if status == 4010 else status), (method, path, status)
    assert (await town.get(f"requests/{filed['request_id']}")).json()["status"] == "submitted"
