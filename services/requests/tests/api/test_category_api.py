import pytest
from sqlalchemy import text

NEW = {
    "code": "quotient",
    "label": "Nouveau quotient familial",
    "form": {"fields": [{"name": "value", "label": "Quotient", "kind": "text"}]},
    "required_documents": [{"code": "attestation", "label": "Attestation de la CAF"}],
}


async def test_an_agent_adds_a_category_and_families_see_it(family, town) -> None:
    made = await town.post("categories", NEW)
    assert made.status_code == 201, made.text
    assert made.json()["effect"] == {"kind": "none", "fields": {}}
    items = (await family.get("categories")).json()["items"]
    [seen] = [item for item in items if item["code"] == "quotient"]
    assert seen["form"]["fields"][0]["required"] is True
    assert "effect" not in seen


@pytest.mark.parametrize(
    "changed",
    [
        {"label": "a\x00b"},
        {"description": "a\x00b"},
        {"form": {"fields": [{"name": "x", "label": "X", "kind": "choice", "options": ["a\x00b"]}]}},
        {"required_documents": [{"code": "other", "label": "X"}]},
        {"required_documents": [{"code": "x", "label": "X"}] * 2},
        {"form": {"fields": [], "rules": []}},
        {"commune_id": "01900000-0000-7000-8000-000000000002"},
    ],
)
async def test_a_category_that_does_not_stand_is_refused(town, changed) -> None:
    answer = await town.post("categories", NEW | changed)
    assert answer.status_code == 422, answer.text


async def test_a_code_is_taken_once(town) -> None:
    await town.post("categories", NEW)
    again = await town.post("categories", NEW)
    assert again.json()["type"].endswith("/category-code-taken")


async def test_an_effect_that_the_form_cannot_feed_is_refused_by_field(town) -> None:
    effect = {"kind": "address_change", "fields": {"street": "value"}}
    answer = await town.post("categories", NEW | {"effect": effect})
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {
        "effect.fields.postal_code", "effect.fields.city", "effect.fields.valid_from",
    }  # fmt: skip


async def test_a_form_cannot_lose_what_the_effect_needs(family, town) -> None:
    answer = await town.patch(f"categories/{await family.category()}", {"form": NEW["form"]})
    assert answer.status_code == 422


async def test_what_an_agent_changes_is_in_the_audit_log(service, family, town) -> None:
    category_id = await family.category()
    await town.patch(f"categories/{category_id}", {"label": "Récupération"})
    filed = await family.file()
    await town.decide(filed["request_id"], message="Vu.")
    async with service.database.transaction(town.commune_id) as session:
        rows = (
            await session.execute(
                text("SELECT action, before, after FROM audit_log ORDER BY recorded_at, id")
            )
        ).all()
    assert [tuple(row) for row in rows] == [
        (
            "category.changed",
            {"label": "Autorisation de récupération d’un enfant"},
            {"label": "Récupération"},
        ),
        ("request.accepted", {"status": "submitted"}, {"status": "accepted", "message": "Vu."}),
    ]
