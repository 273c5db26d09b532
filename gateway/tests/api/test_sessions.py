"""Cookies before real requests: exchanged once, rotated, ended in time, and no use to another site."""

import asyncio

import pytest

from preau.common.http.client_address import told_address

ORIGIN = {"Origin": "https://portail.example"}


def with_csrf(running, twin: str = "twin"):
    return running.cookie(**{"__Host-preau_csrf": twin}) | {"X-CSRF-Token": twin} | ORIGIN


async def test_a_cookie_becomes_a_token_and_is_rotated(running):
    answer = await running.client.get("/api/parent/billing/x", headers=running.cookie())
    assert answer.status_code == 200
    assert running.service.seen[0]["headers"]["authorization"].startswith("Bearer e30.")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-preau_session=")
    for attribute in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/"):
        assert attribute in cookie
    assert "Domain" not in cookie


async def test_many_requests_at_once_exchange_the_cookie_once(running):
    cookie = running.cookie()
    answers = await asyncio.gather(
        *(running.client.get("/api/parent/billing/x", headers=cookie) for _ in range(20))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert running.service.refreshes == 1
    assert len({answer.headers["set-cookie"] for answer in answers}) == 1


async def test_a_kept_session_asks_identity_nothing(running):
    first = await running.client.get("/api/parent/billing/x", headers=running.cookie())
    rotated = {"Cookie": first.headers["set-cookie"].split(";")[0]}
    for _ in range(5):
        answer = await running.client.get("/api/parent/billing/x", headers=rotated)
        assert "set-cookie" not in answer.headers
    assert (running.service.refreshes, running.service.checks) == (1, 0)


@pytest.mark.parametrize("headers", [{}, {"Cookie": "__Host-preau_session=unknown"}])
async def test_without_a_session_there_is_no_way_in(running, headers):
    answer = await running.client.get("/api/parent/billing/x", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["type"].endswith("/unauthenticated")
    assert running.service.seen == []


async def test_a_dead_cookie_is_removed(running):
    answer = await running.client.get(
        "/api/parent/billing/x", headers={"Cookie": "__Host-preau_session=unknown"}
    )
    assert "Max-Age=0" in answer.headers["set-cookie"]


async def test_a_parents_cookie_reaches_no_agents_route(running):
    assert (await running.client.get("/api/agent/billing/runs", headers=running.cookie())).status_code == 401
    token = running.cookie()["Cookie"].split("=", 1)[1]
    swapped = {"Cookie": f"__Host-preau_agent={token}"}
    assert (await running.client.get("/api/agent/billing/runs", headers=swapped)).status_code == 401


async def test_an_ended_session_is_refused_in_time(start):
    running = await start(session_recheck_seconds=20)
    for sign_in in (running.cookie, running.bearer):
        headers = sign_in()
        assert (await running.client.get("/api/parent/billing/x", headers=headers)).status_code == 200
        running.service.ended.add(running.sessions[-1])
        running.let_pass(20)
        assert (await running.client.get("/api/parent/billing/x", headers=headers)).status_code == 401


async def test_identitys_absence_is_borne_for_a_while_only(start):
    running = await start(session_recheck_seconds=1000)
    bearer = running.bearer()
    assert (await running.client.get("/api/parent/billing/x", headers=bearer)).status_code == 200
    running.service.status_fails = True
    running.let_pass(1000)
    assert (await running.client.get("/api/parent/billing/x", headers=bearer)).status_code == 200
    running.let_pass(1000)
    assert (await running.client.get("/api/parent/billing/x", headers=bearer)).status_code == 503


async def test_a_token_that_is_none_goes_to_the_service_which_refuses_it(running):
    for token in ("nonsense", "a.b.c", "e30.e30.x"):
        await running.client.get("/api/parent/billing/x", headers={"Authorization": f"Bearer {token}"})
    assert len(running.service.seen) == 3
    assert running.service.checks == 0


async def test_signing_out_over_the_api_ends_the_cookie_at_once(running):
    headers = with_csrf(running)
    running.service.ended.update(running.sessions)
    running.service.ended.clear()
    answer = await running.client.delete("/api/parent/identity/sessions/current", headers=headers)
    assert answer.status_code == 200
    assert "Max-Age=0" in answer.headers["set-cookie"]
    running.service.ended.update(running.sessions)
    assert (await running.client.get("/api/parent/billing/x", headers=headers)).status_code == 401


async def test_a_write_of_our_own_page_passes(running):
    assert (await running.client.post("/api/parent/billing/x", headers=with_csrf(running))).status_code == 200
    assert "x-csrf-token" not in running.service.seen[0]["headers"]


@pytest.mark.parametrize(
    "change",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"X-CSRF-Token": "other"},
        {"X-CSRF-Token": ""},
        {"Origin": None},
        {"Origin": None, "Referer": "https://evil.example/portail.example"},
        {"Origin": "https://portail.example.evil.example"},
    ],
)
async def test_a_write_of_another_site_does_not(running, change):
    headers = with_csrf(running) | change
    headers = {name: value for name, value in headers.items() if value is not None}
    answer = await running.client.post("/api/parent/billing/x", headers=headers)
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/csrf")
    assert running.service.seen == []


async def test_no_cookie_twin_no_write(running):
    headers = running.cookie() | {"X-CSRF-Token": "twin"} | ORIGIN
    assert (await running.client.post("/api/parent/billing/x", headers=headers)).status_code == 403
    empty = running.cookie(**{"__Host-preau_csrf": ""}) | {"X-CSRF-Token": ""} | ORIGIN
    assert (await running.client.post("/api/parent/billing/x", headers=empty)).status_code == 403


async def test_the_referer_stands_in_for_an_origin(running):
    headers = with_csrf(running)
    del headers["Origin"]
    headers["Referer"] = "https://portail.example/panier"
    assert (await running.client.post("/api/parent/billing/x", headers=headers)).status_code == 200


async def test_a_bearer_needs_no_csrf_token(running):
    headers = running.bearer() | {"Origin": "https://app.example"}
    assert (await running.client.post("/api/parent/billing/x", headers=headers)).status_code == 200


async def test_rights_that_changed_are_fetched_at_once(running):
    headers = with_csrf(running)
    first = await running.client.post("/api/parent/identity/memberships", headers=headers)
    assert first.status_code == 200
    rotated = {"Cookie": first.headers["set-cookie"].split(";")[0]}
    again = await running.client.get("/api/parent/billing/x", headers=rotated)
    assert again.status_code == 200
    assert running.service.refreshes == 2


async def test_pages_are_guarded_too(running):
    answer = await running.client.get("/healthz")
    policy = answer.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' https://portail.example" in policy
    assert answer.headers["strict-transport-security"].startswith("max-age=")


async def test_figures_are_not_for_the_outside(running):
    assert (await running.client.get("/metrics")).status_code == 200
    assert (await running.client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})).status_code == 404


@pytest.mark.parametrize(
    ("path", "inside"),
    [("/connexion", "/public/sessions"), ("/mot-de-passe-oublie", "/public/password-resets")],
)
async def test_a_page_tells_the_address_and_its_guesses_count_as_the_apis(start, path, inside):
    running = await start(sign_in_rate=0.01, trusted_proxies="127.0.0.1")
    page = await running.client.get(path)
    token = page.headers["set-cookie"].split(";")[0].split("=", 1)[1]
    headers = {"Cookie": f"__Host-preau_csrf={token}", "X-Forwarded-For": "203.0.113.9"} | ORIGIN
    fields = {"csrf_token": token, "email": "a@b.example", "password": "wrong"}
    for _ in range(30):
        await running.client.post(path, data=fields, headers=headers)
        forwarded = {"X-Forwarded-For": "203.0.113.9"}
        await running.client.post("/api/public/identity/accounts", json={}, headers=forwarded)
    asked = [seen for seen in running.service.seen if seen["path"] in {inside, "/public/accounts"}]
    assert {told_address(running.gateway_key, seen["headers"].items()) for seen in asked} == {"203.0.113.9"}
    before = len(running.service.seen)
    refused = await running.client.post(path, data=fields, headers=headers)
    assert refused.status_code == 422 and "Trop de demandes" in refused.text and "a@b.example" in refused.text
    assert len(running.service.seen) == before
    elsewhere = headers | {"X-Forwarded-For": "203.0.113.10"}
    assert "Trop de demandes" not in (await running.client.post(path, data=fields, headers=elsewhere)).text


async def test_limits_of_pages_are_told_by_pages(start):
    running = await start(address_rate=1, max_body_bytes=1000)
    page = await running.client.get("/agent/connexion")
    token = page.headers["set-cookie"].split(";")[0].split("=", 1)[1]
    headers = {"Cookie": f"__Host-preau_csrf={token}"} | ORIGIN
    fields = {"csrf_token": token, "email": "x" * 2000}
    large = await running.client.post("/agent/connexion", data=fields, headers=headers)
    assert large.status_code == 413
    codes = {(await running.client.get("/agent/connexion")).status_code for _ in range(6)}
    assert 429 in codes
    for answer in (large, await running.client.get("/agent/connexion")):
        assert answer.headers["content-type"].startswith("text/html")
        assert "style-src 'self'" in answer.headers["content-security-policy"]
