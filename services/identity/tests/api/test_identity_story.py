"""The foundation's story: a family is registered, its guardians join it, each sees what is theirs."""

from uuid import UUID

import pytest

from preau.common.http.permissions import routes_without_permission
from preau.contracts.identity import FamilyUpdatedV1

JOLIEVILLE = "01900000-0000-7000-8000-000000000001"


async def events_of(identity, family_id: str) -> list[FamilyUpdatedV1]:
    events = await identity.service.emitted(FamilyUpdatedV1)
    return [event for event in events if event.aggregate_id == UUID(family_id)]


async def test_a_family_is_registered_and_both_guardians_join(identity, account_form):
    mother, father = "alice.essai@jolieville.example", "bob.essai@jolieville.example"
    family = await identity.family(
        guardians=[
            {
                "civility": "mme",
                "first_name": "Alice",
                "last_name": "Essai",
                "email": mother,
                "phone": "0600000001",
            },
            {
                "civility": "m",
                "first_name": "Bob",
                "last_name": "Essai",
                "email": father,
                "phone": "0600000002",
            },
        ]
    )
    family_id = family["family_id"]
    assert family["version"] == 1 and [g["is_payer"] for g in family["guardians"]] == [True, False]
    (registered,) = await events_of(identity, family_id)
    assert [child.first_name for child in registered.children] == ["Zoé", "Max"]
    assert registered.quotients[0].value == 612

    # the mother follows the link of her mail
    mail = (await identity.mails(mother))[0]
    assert mail["subject"] == "Jolieville : activez votre espace famille"
    assert mail["links"][0].startswith("http://front/activation/") and mail["links"][0] in mail["html"]
    _, token = await identity.invitation(mother)
    about = (await identity.client.get(f"/public/activations/{token}")).json()
    assert (about["family_label"], about["commune_name"], about["email"]) == (
        "Famille Essai",
        "Jolieville",
        mother,
    )
    activated = await identity.client.post(f"/public/activations/{token}", json=account_form(mother))
    assert activated.status_code == 201, activated.text
    again = await identity.client.get(f"/public/activations/{token}")
    assert (again.status_code, again.json()["type"].rpartition("/")[2]) == (404, "invitation-not-valid")

    # the father registers by himself and types his code
    code, _ = await identity.invitation(father)
    form = account_form(
        father, first_name="Bob", code=code.lower(), altcha=await identity.solved_challenge(), notify_by="sms"
    )
    registered_father = await identity.client.post("/public/accounts", json=form)
    assert registered_father.status_code == 201, registered_father.text

    signed_in = await identity.sign_in(mother, "cheval-agrafe-pile")
    assert (signed_in["subject"], signed_in["display_name"], signed_in["expires_in"]) == (
        "parent",
        "Alice Essai",
        300,
    )
    headers = {"Authorization": f"Bearer {signed_in['access_token']}"}
    account = (await identity.client.get("/parent/account", headers=headers)).json()
    assert account["email_confirmed_at"] is not None
    (membership,) = account["memberships"]
    assert (membership["commune_slug"], membership["family_id"]) == ("jolieville", family_id)

    record = (await identity.client.get(f"/parent/families/{family_id}", headers=headers)).json()
    hers, his = record["guardians"]
    assert (hers["email"], hers["phone"], hers["contact_hidden"]) == (mother, "0600000001", False)
    assert (his["first_name"], his["email"], his["phone"], his["contact_hidden"]) == ("Bob", "", "", True)

    events = await events_of(identity, family_id)
    assert [event.aggregate_version for event in events] == [1, 2, 3]
    assert [guardian.has_account for guardian in events[-1].guardians] == [True, True]
    assert "Bienvenue" in (await identity.mails(mother, 2))[0]["subject"]


async def test_one_account_shows_the_families_of_two_communes(identity):
    headers = await identity.headers("parent@jolieville.example")
    account = (await identity.client.get("/parent/account", headers=headers)).json()
    assert [m["commune_slug"] for m in account["memberships"]] == ["beauval", "jolieville"]
    for membership in account["memberships"]:
        answer = await identity.client.get(f"/parent/families/{membership['family_id']}", headers=headers)
        assert answer.json()["commune_id"] == membership["commune_id"]


async def test_a_signed_in_parent_joins_another_family(identity, fresh_email):
    family = await identity.family(fresh_email)
    code, _ = await identity.invitation(fresh_email)
    headers = await identity.headers("minh.nguyen@jolieville.example")
    joined = await identity.client.post("/parent/memberships", json={"code": code}, headers=headers)
    assert joined.status_code == 201, joined.text
    assert joined.json()["family_id"] == family["family_id"]
    fresh = await identity.headers("minh.nguyen@jolieville.example")
    answer = await identity.client.get(f"/parent/families/{family['family_id']}", headers=fresh)
    assert answer.status_code == 200


async def test_an_agent_resends_and_only_the_newest_invitation_works(identity, fresh_email, account_form):
    family = await identity.family(fresh_email)
    _, first = await identity.invitation(fresh_email)
    path = (
        f"/agent/families/{family['family_id']}/guardians/{family['guardians'][0]['guardian_id']}/invitation"
    )
    assert (await identity.client.post(path, headers=await identity.agent())).status_code == 204
    await identity.mails(fresh_email, 2)
    _, second = await identity.invitation(fresh_email)
    assert (await identity.client.get(f"/public/activations/{first}")).status_code == 404
    form = account_form(fresh_email)
    assert (await identity.client.post(f"/public/activations/{second}", json=form)).status_code == 201
    taken = await identity.client.post(path, headers=await identity.agent())
    assert (taken.status_code, taken.json()["type"].rpartition("/")[2]) == (409, "already-member")


async def test_the_profile_changes_but_not_what_is_not_ones_own_to_change(identity):
    headers = await identity.headers("aissata.diallo@jolieville.example")
    changed = await identity.client.patch(
        "/parent/account", json={"phone": "06 11 22 33 44"}, headers=headers
    )
    assert changed.json()["phone"] == "06 11 22 33 44"
    for field in ("email", "account_id", "password_hash", "email_confirmed_at"):
        refused = await identity.client.patch("/parent/account", json={field: "x"}, headers=headers)
        assert refused.status_code == 422, field


@pytest.mark.parametrize("path", ["/public/jwks", "/public/communes", "/public/challenge"])
async def test_what_anyone_may_read(identity, path):
    assert (await identity.client.get(path)).status_code == 200


def test_every_route_says_who_may(identity):
    assert routes_without_permission(identity.service.app) == []
