"""Registration: clear errors, a human check that is spent once, no telling who has an account."""

import asyncio
import base64
import json

import pytest
from sqlalchemy import text

PARENT = "parent@jolieville.example"


async def register(identity, form):
    return await identity.client.post("/public/accounts", json=form)


def fields(answer) -> set[str]:
    assert answer.status_code == 422, answer.text
    return {error["field"] for error in answer.json()["errors"]}


async def test_an_email_that_has_an_account_gets_a_mail_and_the_same_answer(
    identity, account_form, fresh_email
):
    answers = [
        await register(identity, account_form(email, altcha=await identity.solved_challenge()))
        for email in (fresh_email, PARENT.upper())
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert [set(answer.json()) for answer in answers] == [{"account_id"}] * 2
    (mail,) = await identity.mails(PARENT)
    assert mail["subject"] == "Vous avez déjà un compte"
    await identity.sign_in(PARENT)  # nothing changed


async def test_one_email_registered_many_times_at_once_is_one_account(identity, account_form, fresh_email):
    forms = [account_form(fresh_email, altcha=await identity.solved_challenge()) for _ in range(6)]
    answers = await asyncio.gather(*(register(identity, form) for form in forms))
    assert {answer.status_code for answer in answers} == {201}
    async with identity.database.system_transaction() as session:
        count = await session.scalar(
            text("SELECT count(*) FROM account WHERE email_key = :email"), {"email": fresh_email}
        )
    assert count == 1


async def test_errors_stand_by_their_field(identity, account_form, fresh_email):
    altcha = await identity.solved_challenge()
    bad = account_form(
        "pas-une-adresse", altcha=altcha, first_name="", phone="bonjour", notify_by="pigeon", colour="bleu"
    )
    assert fields(await register(identity, bad)) == {"email", "first_name", "phone", "notify_by", "colour"}
    weak = account_form(fresh_email, altcha=altcha, password="court")
    assert fields(await register(identity, weak)) == {"password", "password_confirmation"}
    good = account_form(fresh_email, altcha=altcha)
    assert (await register(identity, good)).status_code == 201  # the check was not spent by those errors


async def test_the_human_check_is_spent_once(identity, account_form, fresh_email):
    altcha = await identity.solved_challenge()
    answers = await asyncio.gather(
        *(register(identity, account_form(f"{n}{fresh_email}", altcha=altcha)) for n in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 5


async def test_a_forged_human_check_is_refused(identity, account_form, fresh_email):
    solved = json.loads(base64.b64decode(await identity.solved_challenge()))
    cheaper = {**solved["challenge"]["parameters"], "keyPrefix": "", "cost": 1}
    later = {**solved["challenge"]["parameters"], "expiresAt": 4_000_000_000}
    forged = [
        {**solved, "challenge": {**solved["challenge"], "parameters": cheaper}},
        {**solved, "challenge": {**solved["challenge"], "parameters": later}},
        {**solved, "challenge": {"parameters": solved["challenge"]["parameters"]}},
        {**solved, "solution": {**solved["solution"], "counter": -1}},
        {**solved, "solution": {**solved["solution"], "derivedKey": "zz"}},
        {**solved, "challenge": None},
        [],
        "x",
    ]
    payloads = [base64.b64encode(json.dumps(document).encode()).decode() for document in forged]
    for payload in [*payloads, "", "%%%", "é"]:
        answer = await register(identity, account_form(fresh_email, altcha=payload))
        assert fields(answer) == {"altcha"}, payload


@pytest.mark.parametrize("code", ["ZZZZ-ZZZZ", "bonjour", "", "' OR 1=1 --"])
async def test_a_code_that_is_none_makes_no_account(identity, account_form, fresh_email, code):
    form = account_form(fresh_email, code=code or "-", altcha=await identity.solved_challenge())
    assert fields(await register(identity, form)) == {"code"}
    answer = await identity.client.post(
        "/public/sessions",
        json={"email": fresh_email, "password": "cheval-agrafe-pile", "subject": "parent"},
    )
    assert answer.status_code == 401


async def test_a_code_used_by_many_at_once_joins_one(identity, account_form, fresh_email):
    family = await identity.family(fresh_email)
    code, _ = await identity.invitation(fresh_email)
    forms = [
        account_form(f"{n}{fresh_email}", code=code, altcha=await identity.solved_challenge())
        for n in range(6)
    ]
    answers = await asyncio.gather(*(register(identity, form) for form in forms))
    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 5
    async with identity.database.system_transaction() as session:
        members = await session.scalar(
            text("SELECT count(*) FROM membership WHERE family_id = CAST(:id AS uuid)"),
            {"id": family["family_id"]},
        )
        accounts = await session.scalar(
            text("SELECT count(*) FROM account WHERE email_key LIKE :email"), {"email": f"%{fresh_email}"}
        )
    assert (members, accounts) == (1, 1)


async def test_an_expired_invitation_is_none(identity, account_form, fresh_email):
    await identity.family(fresh_email)
    code, token = await identity.invitation(fresh_email)
    async with identity.database.system_transaction() as session:
        await session.execute(
            text("UPDATE invitation SET expires_at = now() WHERE email = :email"), {"email": fresh_email}
        )
    assert (await identity.client.get(f"/public/activations/{token}")).status_code == 404
    form = account_form(fresh_email, code=code, altcha=await identity.solved_challenge())
    assert fields(await register(identity, form)) == {"code"}


async def test_guessing_codes_must_wait(identity):
    headers = await identity.headers("aissata.diallo@jolieville.example")
    answers = [
        await identity.client.post("/parent/memberships", json={"code": f"AAAA-AAA{n}"}, headers=headers)
        for n in range(2, 8)
    ]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]


async def test_who_has_an_account_is_told_so_only_by_a_link_to_that_address(identity, account_form):
    await identity.family("julien.martin@jolieville.example")
    _, token = await identity.invitation("julien.martin@jolieville.example")
    taken = await identity.client.post(
        f"/public/activations/{token}", json=account_form("julien.martin@jolieville.example")
    )
    assert (taken.status_code, taken.json()["type"].rpartition("/")[2]) == (409, "account-exists")
    headers = await identity.headers("julien.martin@jolieville.example")
    joined = await identity.client.post(
        "/parent/memberships", json={"activation_token": token}, headers=headers
    )
    assert joined.status_code == 201
