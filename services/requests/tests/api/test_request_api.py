from datetime import date
from uuid import UUID, uuid4

from preau.contracts.requests import NoEffect, PickupEffect, RequestDecidedV1, RequestSubmittedV1
from preau.testing.services import ServiceUnderTest


async def test_a_parent_files_an_authorisation_and_an_agent_accepts_it(service, family, town) -> None:
    filed = await family.file()
    assert filed["status"] == "submitted"
    assert filed["reference"].startswith("D-20")
    assert filed["reference"].endswith("-000001")
    assert filed["documents"][0]["label"] == "Pièce d’identité de la personne autorisée"
    [submitted] = await service.emitted(RequestSubmittedV1)
    assert submitted.aggregate_id == UUID(filed["request_id"])
    assert submitted.account_id == family.account_id

    [queued] = (await town.get("requests?status=submitted")).json()["items"]
    assert queued["family_label"] == "Famille Petit"
    read = (await town.get(f"requests/{filed['request_id']}")).json()
    assert [line["text"] for line in read["answer_lines"]][:2] == ["Zoé Petit", "Jeanne Petit"]
    assert read["effect"]["kind"] == "pickup_authorisation"
    assert read["may_decide"]

    decided = await town.decide(filed["request_id"], message="C’est noté.", seen_version=read["version"])
    assert decided.status_code == 200, decided.text
    [event] = await service.emitted(RequestDecidedV1)
    assert event.decision == "accepted"
    assert event.message == "C’est noté."
    assert event.aggregate_version > submitted.aggregate_version
    assert event.effect == PickupEffect(
        child_id=family.child_id,
        person_name="Jeanne Petit",
        relation="Grand-parent",
        phone="06 12 34 56 78",
        valid_from=date(2026, 12, 1),
    )

    kept = (await family.get(f"requests/{filed['request_id']}")).json()
    assert kept["status"] == "accepted"
    assert kept["status_label"] == "acceptée"
    steps = [(step["from_status"], step["to_status"], step["actor"]) for step in kept["history"]]
    assert steps == [
        (None, "draft", "family"),
        ("draft", "submitted", "family"),
        ("submitted", "in_review", "agent"),
        ("in_review", "accepted", "agent"),
    ]
    assert kept["history"][1]["actor_name"] == "Léa Petit"
    assert [(message["author"], message["text"]) for message in kept["messages"]] == [
        ("agent", "C’est noté.")
    ]


async def test_a_refusal_has_no_effect(service, family, town) -> None:
    filed = await family.file()
    assert (await town.decide(filed["request_id"], "refused", message="Pièce périmée.")).status_code == 200
    [event] = await service.emitted(RequestDecidedV1)
    assert (event.decision, event.effect) == ("refused", NoEffect())


async def test_a_decided_request_stays_decided(service, family, town) -> None:
    filed = await family.file()
    await town.decide(filed["request_id"])
    again = await town.decide(filed["request_id"], "refused")
    assert again.status_code == 409
    assert again.json()["type"].endswith("/request-status")
    assert again.json()["detail"] == "Cette demande est «\N{NO-BREAK SPACE}acceptée\N{NO-BREAK SPACE}»."
    assert len(await service.emitted(RequestDecidedV1)) == 1
    assert (await family.post(f"requests/{filed['request_id']}/withdrawal")).status_code == 409


async def test_an_agent_asks_and_the_family_completes(service, family, town) -> None:
    filed = await family.file()
    path = f"requests/{filed['request_id']}"
    asked = await town.post(f"{path}/info-request", {"message": "Le verso manque."})
    assert asked.json()["status"] == "info_needed"
    read = (await family.get(path)).json()
    assert read["may_edit"] and not read["may_withdraw"]
    gap = await family.patch(path, {"answers": {"child": str(family.child_id)}})
    assert gap.status_code == 422  # what was sent stays whole
    documents = {"identity": filed["documents"][0]["document_id"], "other": await family.document()}
    changed = await family.patch(path, {"documents": documents})
    assert [document["label"] for document in changed.json()["documents"]][1] == "Autre pièce"
    sent = await family.post(f"{path}/submit")
    assert sent.json()["status"] == "in_review"
    assert len(await service.emitted(RequestSubmittedV1)) == 1
    assert (await family.patch(path, {"answers": family.answers()})).status_code == 409


async def test_an_answer_to_the_question_puts_the_request_back_into_the_agents_hands(family, town) -> None:
    filed = await family.file()
    path = f"requests/{filed['request_id']}"
    await town.post(f"{path}/info-request", {"message": "Est-ce sa grand-mère ?"})
    written = await family.post(f"{path}/messages", {"text": "Oui. <b>x</b>"})
    assert written.status_code == 201
    read = (await town.get(path)).json()
    assert read["status"] == "in_review"
    assert [message["author"] for message in read["messages"]] == ["agent", "family"]
    assert read["messages"][1]["text"] == "Oui. <b>x</b>"


async def test_a_decision_on_what_the_agent_did_not_read_is_refused(service, family, town) -> None:
    filed = await family.file()
    path = f"requests/{filed['request_id']}"
    seen = (await town.post(f"{path}/info-request", {"message": "?"})).json()["version"]
    await family.patch(path, {"answers": family.answers(person_name="Quelqu’un d’autre")})
    stale = await town.decide(filed["request_id"], seen_version=seen)
    assert stale.status_code == 409
    assert await service.emitted(RequestDecidedV1) == []


async def test_a_draft_is_kept_incomplete_and_sent_whole(service, family, town) -> None:
    draft = await family.file(submit=False, answers={"person_name": "Jeanne"}, documents={})
    path = f"requests/{draft['request_id']}"
    assert draft["status"] == "draft"
    assert (await town.get("requests")).json()["items"] == []
    assert (await town.get(path)).status_code == 404
    assert (await town.decide(draft["request_id"])).status_code == 404

    refused = await family.post(f"{path}/submit")
    assert refused.status_code == 422
    assert {error["field"] for error in refused.json()["errors"]} == {
        "answers.child", "answers.relation", "answers.phone", "answers.valid_from", "documents.identity",
    }  # fmt: skip
    assert await service.emitted(RequestSubmittedV1) == []

    body = {"answers": family.answers(), "documents": {"identity": await family.document()}}
    assert (await family.patch(path, body)).status_code == 200
    assert (await family.post(f"{path}/submit")).json()["status"] == "submitted"


async def test_a_family_takes_its_request_back_until_somebody_is_on_it(family, town) -> None:
    first, second = await family.file(), await family.file()
    withdrawn = await family.post(f"requests/{first['request_id']}/withdrawal")
    assert withdrawn.json()["status"] == "withdrawn"
    assert (await town.decide(first["request_id"])).status_code == 409
    assert (await town.post(f"requests/{second['request_id']}/review")).json()["status"] == "in_review"
    assert (await family.post(f"requests/{second['request_id']}/withdrawal")).status_code == 409


async def test_the_same_key_makes_one_request(family) -> None:
    body = {
        "category_id": await family.category("other"),
        "answers": {"subject": "S", "details": "D"},
        "submit": True,
    }
    key = str(uuid4())
    first, second = [await family.post("requests", body, key) for _ in range(2)]
    assert first.status_code == second.status_code == 201
    assert first.json()["request_id"] == second.json()["request_id"]
    assert len((await family.get("requests")).json()["items"]) == 1
    other = await family.post("requests", body | {"submit": False}, key)
    assert other.status_code == 422


async def test_a_request_keeps_the_form_under_which_it_was_sent(
    service: ServiceUnderTest, family, town
) -> None:
    filed = await family.file()
    changed = await town.patch(
        f"categories/{filed['category_id']}", {"form": {"fields": []}, "effect": {"kind": "none"}}
    )
    assert changed.status_code == 200, changed.text
    await town.decide(filed["request_id"])
    [event] = await service.emitted(RequestDecidedV1)
    assert event.effect.kind == "pickup_authorisation"


async def test_answers_are_judged_field_by_field(family) -> None:
    answer = await family.post(
        "requests",
        {
            "category_id": await family.category(),
            "answers": family.answers(valid_to="2026-11-30", phone="x", status="accepted"),
            "documents": {"passport": await family.document()},
            "submit": True,
        },
    )
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {
        "answers.valid_to", "answers.phone", "answers.status", "documents.passport", "documents.identity",
    }  # fmt: skip


async def test_nobody_sets_what_the_service_decides(family) -> None:
    for extra in ({"status": "accepted"}, {"family_id": str(uuid4())}, {"reference": "D-1"}):
        answer = await family.post("requests", {"category_id": await family.category(), **extra})
        assert answer.status_code == 422


async def test_a_closed_category_takes_no_request(family, town) -> None:
    category_id = await family.category("other")
    await town.patch(f"categories/{category_id}", {"is_open": False})
    assert category_id not in [
        item["category_id"] for item in (await family.get("categories")).json()["items"]
    ]
    answer = await family.post("requests", {"category_id": category_id})
    assert answer.json()["type"].endswith("/category-closed")


async def test_lists_go_page_by_page(family, town) -> None:
    filed = [(await family.file())["request_id"] for _ in range(3)]
    first = (await town.get("requests?limit=2")).json()
    rest = (await town.get(f"requests?limit=2&cursor={first['next_cursor']}")).json()
    assert [item["request_id"] for item in first["items"] + rest["items"]] == filed
    assert rest["next_cursor"] is None
    newest = (await family.get("requests?limit=1")).json()
    assert newest["items"][0]["request_id"] == filed[-1]
    await town.decide(filed[0])
    waiting = (await town.get("requests?status=submitted&status=accepted")).json()["items"]
    assert [item["request_id"] for item in waiting] == filed
    assert (await town.get("requests?status=nonsense")).status_code == 422
    assert (await family.get("requests?cursor=AAAA")).status_code == 422
    assert (await family.get("requests?cursor=WyJ4Il0")).status_code == 422


async def test_agents_find_requests_by_reference_family_and_category(family, town) -> None:
    first, second = await family.file(), await family.file()
    await family.file(submit=False)

    async def found(query: str) -> list[str]:
        answer = await town.get(f"requests?{query}")
        assert answer.status_code == 200, answer.text
        return [item["request_id"] for item in answer.json()["items"]]

    both = [first["request_id"], second["request_id"]]
    assert await found("") == both
    assert await found("sort=-sent") == await found("sort=-reference") == both[::-1]
    assert await found(f"q={second['reference'].lower()}") == both[1:]
    assert await found("q=PETIT") == both and await found("q=grand") == []
    assert await found(f"category_id={first['category_id']}&family_id={family.family_id}") == both
    assert await found(f"category_id={family.family_id}") == []
