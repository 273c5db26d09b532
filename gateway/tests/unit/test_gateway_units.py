"""The gateway's pure parts."""

import json
from base64 import b64encode

import pytest
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData

from preau.common.errors import TooManyRequests
from preau.gateway.api.models.identity import SessionOut
from preau.gateway.api.models.reservations import ActivityOut, MarkedOut, OrderOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.openapi.join import join
from preau.gateway.pages.agents.accounts.routes import path_of_ours
from preau.gateway.pages.agents.activities.deadline_form import DeadlineFields, deadline_values
from preau.gateway.pages.agents.activities.deadlines import deadline_text
from preau.gateway.pages.agents.attendance.routes import marked_message
from preau.gateway.pages.agents.runs.routes import last_month
from preau.gateway.pages.parents.reservations.orders import to_pay
from preau.gateway.proxy.caller import _read_bearer
from preau.gateway.proxy.headers import inwards, outwards
from preau.gateway.proxy.routes import Target, target_of
from preau.gateway.security.address import client_address
from preau.gateway.security.cookies import read_cookie
from preau.gateway.security.rate_limits import RateLimit
from preau.gateway.sessions.cookies import session_cookie
from preau.gateway.sessions.session import session_of, unverified_claims
from preau.gateway.settings import GatewaySettings
from preau.gateway.tracing import accepted_correlation_id, new_traceparent

DEADLINE = TypeAdapter(ActivityOut.model_fields["booking_deadline"].annotation)
BATCH = DEADLINE.validate_python({"kind": "batch", "lines": []})


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/api/parent/billing/families/1", Target("parent", "billing", "/parent/families/1")),
        ("/api/agent/identity/me", Target("agent", "identity", "/agent/me")),
        ("/api/public/identity/jwks", Target("public", "identity", "/public/jwks")),
        ("/hooks/payments/payfip/a1", Target("hook", "payments", "/hooks/payfip/a1")),
        ("/sandbox/bank/x", Target("sandbox", "payments", "/public/sandbox/bank/x")),
        ("/api/operator/billing/x", None),
        ("/api/parent/nothing/x", None),
        ("/api/parent/billing", None),
        ("/api/parent/billing/%2E%2E/agent", None),
        ("/api/parent/billing/a/./b", None),
        ("/api/parent/billing/..", None),
        ("/api/parent/billing/a%5Cb", None),
        ("/hooks/payments/payfip/a1/more", None),
    ],
)
def test_where_paths_lead(path, target):
    assert target_of(path, development=True) == target


def test_headers_of_identity_and_of_the_hop_stay_outside():
    kept = inwards(
        [
            (b"accept", b"text/html"),
            (b"connection", b"close, x-mine"),
            (b"x-mine", b"1"),
            (b"x-forwarded-user", b"admin"),
            (b"x-preau-anything", b"1"),
            (b"cookie", b"a=b"),
            (b"transfer-encoding", b"chunked"),
        ]
    )
    assert dict(kept) == {"accept": "text/html"}


def test_a_client_cannot_name_authorization_as_a_hop_header():
    kept = inwards([(b"connection", b"authorization"), (b"authorization", b"Bearer x")])
    assert kept["authorization"] == "Bearer x"


def test_headers_of_the_service_that_the_gateway_sets_itself_are_left_out():
    assert outwards([(b"Server", b"x"), (b"Set-Cookie", b"a=b"), (b"ETag", b"1")]) == [(b"ETag", b"1")]


@pytest.mark.parametrize("told", [None, b"short", b"<script>alert(1)</script>", b"x" * 65])
def test_odd_correlation_ids_are_replaced(told):
    assert len(accepted_correlation_id(told)) == 32


def test_a_trace_goes_on_with_a_new_span():
    told = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    version, trace, span, flags = new_traceparent(told).split("-")
    assert (version, trace, flags) == ("00", "4bf92f3577b34da6a3ce929d0e0e4736", "01")
    assert span != "00f067aa0ba902b7"
    assert "4bf92f" not in new_traceparent(b"00-" + b"0" * 32 + b"-00f067aa0ba902b7-01")


@pytest.mark.parametrize(
    ("proxies", "forwarded_for", "address"),
    [
        ("", "198.51.100.7", "10.0.0.1"),
        ("10.9.0.0/16", "198.51.100.7", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.0/8,203.0.113.9", "192.0.2.1, 198.51.100.7, 203.0.113.9", "198.51.100.7"),
        ("10.0.0.0/8", "10.0.0.7, 10.0.0.8", "10.0.0.7"),
        ("10.0.0.1", "203.0.113.9, nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9:4711", "203.0.113.9"),
        ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_the_address_is_the_one_that_our_own_proxies_saw(proxies, forwarded_for, address):
    scope = {"client": ("10.0.0.1", 1), "headers": [(b"x-forwarded-for", forwarded_for.encode())]}
    networks = GatewaySettings(environment="development", trusted_proxies=proxies).trusted_proxies
    assert client_address(scope, networks) == address


def test_a_number_of_proxies_is_no_network():
    with pytest.raises(ValidationError, match="trusted_proxies"):
        GatewaySettings(environment="development", trusted_proxies="1")


@pytest.mark.parametrize("key", ["", "demonstration", "too-short"])
def test_outside_development_the_gateway_needs_a_key_of_its_own(key):
    with pytest.raises(ValidationError, match="PREAU_GATEWAY_KEY"):
        GatewaySettings(environment="production", gateway_key=key)
    GatewaySettings(environment="development", gateway_key=key)


def test_what_is_kept_of_tokens_does_not_grow_with_them():
    claims = b64encode(json.dumps({"sub": "x" * 6000, "sid": "y"}).encode()).decode().rstrip("=")
    assert _read_bearer(f"Bearer a.{claims}.c".encode()) == (None, None)


def test_a_bucket_lets_a_burst_through_then_says_when_to_come_back():
    limit = RateLimit(rate=0.5, burst=2)
    limit.take("a")
    limit.take("a")
    with pytest.raises(TooManyRequests) as refused:
        limit.take("a")
    assert refused.value.retry_after == 2
    limit.take("b")


def test_cookies():
    headers = [(b"cookie", b"x=1; __Host-preau_session=abc; y=2"), (b"cookie", b"z=3")]
    assert read_cookie(headers, "__Host-preau_session") == "abc"
    assert read_cookie(headers, "session") is None
    assert read_cookie(headers, "z") == "3"
    assert "Max-Age" in session_cookie("parent", "t")
    assert "Max-Age" not in session_cookie("agent", "t")


@pytest.mark.parametrize(
    "token", ["", "a.b", "a.!!!.c", "a.bnVsbA.c", "a.W10.c", "a." + "W1tb" * 20000 + ".c"]
)
def test_claims_of_what_is_no_token(token):
    assert unverified_claims(token) == {}


def test_a_session_knows_its_families():
    membership = {"commune_id": "c", "family_id": "f", "guardian_id": "g"}
    claims = b64encode(json.dumps({"sub": "a", "memberships": [membership]}).encode()).decode()
    session = session_of(
        SessionOut(
            access_token=f"x.{claims}.y",
            refresh_token="r",
            expires_in=300,
            session_id="s",
            subject="parent",
            display_name="Claire",
        )
    )
    assert session.memberships[0].family_id == "f"
    assert session.is_fresh
    assert not session.may("billing")


def test_upstream_problem_reads_what_it_can():
    problem = UpstreamProblem(
        422, {"type": "https://x/problems/invalid", "errors": [{"field": "a", "message": "m"}, 3]}
    )
    assert (problem.type, problem.field_errors) == ("invalid", {"a": "m"})
    assert UpstreamProblem(500, {}).detail == ""


def test_joined_openapi():
    document = {
        "paths": {
            "/parent/x": {
                "get": {
                    "operationId": "read",
                    "security": [{"a": []}],
                    "schema": {"$ref": "#/components/schemas/X"},
                }
            },
            "/public/sandbox/mails": {"get": {}},
            "/healthz": {"get": {}},
            "/hooks/{provider}/{regie_id}": {"post": {}},
        },
        "components": {"schemas": {"X": {"items": {"$ref": "#/components/schemas/X"}}}},
    }
    joined = join({"payments": document}, title="t", server="https://x")
    assert set(joined["paths"]) == {"/api/parent/payments/x", "/hooks/payments/{provider}/{regie_id}"}
    operation = joined["paths"]["/api/parent/payments/x"]["get"]
    assert operation["schema"]["$ref"] == "#/components/schemas/payments.X"
    assert operation["operationId"] == "payments_read"
    assert "security" not in operation
    assert joined["components"]["schemas"]["payments.X"]["items"]["$ref"].endswith("/payments.X")


@pytest.mark.parametrize(
    ("deadline", "text"),
    [
        ({"kind": "none"}, "Jusqu’à la fin du jour même"),
        ({"kind": "same_day", "at": "10:00"}, "Le jour même avant 10\u00a0h"),
        ({"kind": "hours_before", "hours": 48}, "48 heures avant"),
        (
            {"kind": "days_before", "days": 1, "at": "24:00", "day_type": "working"},
            "1 jour ouvré avant, fin de journée",
        ),
        (
            {"kind": "weekday_before", "weekday": 3, "at": "12:00", "weeks": 1},
            "Le jeudi de la semaine d’avant, 12\u00a0h",
        ),
        (
            {
                "kind": "weekday_before",
                "weekday": 3,
                "at": "12:00",
                "weeks": 2,
                "week_type": "school",
                "on_weekend": "roll_back",
                "on_school_holiday": "roll_back",
                "opens": {"kind": "weekday_before", "weekday": 0, "weeks": 4, "at": "08:30"},
            },
            "Le jeudi 2 semaines d’école avant, 12\u00a0h, avancé si c’est un week-end ou les vacances"
            "\u202f; ouvre le lundi 4 semaines avant, à 8\u00a0h\u00a030",
        ),
        (
            {
                "kind": "days_before",
                "days": 2,
                "at": "10:00",
                "skip_weekdays": [2],
                "skip": ["public_holidays", "closures"],
                "on_holiday": "roll_back",
                "opens": {"kind": "days_before", "days": 30},
            },
            "2 jours du calendrier avant, 10\u00a0h, sans compter le mercredi, les jours fériés et les"
            " fermetures, avancé si c’est un week-end ou un jour férié"
            "\u202f; ouvre 30\u00a0jours avant, à minuit",
        ),
        (
            {"kind": "month_before", "day": 20, "months": 2, "opens": {"kind": "on", "day": "2026-12-01"}},
            "Le 20 du mois, 2 mois avant, fin de journée\u202f; ouvre le 1er décembre 2026, à minuit",
        ),
        (
            {"kind": "holiday_window", "opens_days": 30, "closes_days": -1, "at": "12:00"},
            "1\u00a0jour après le début des vacances, 12\u00a0h"
            "\u202f; ouvre 30\u00a0jours avant le début des vacances",
        ),
        ({"kind": "never"}, "Jamais"),
        (
            {
                "kind": "batch",
                "lines": [{"service_weekdays": [0, 1], "weekday": 4, "at": "09:00", "weeks": 2}],
                "on_holiday": "roll_back",
                "on_weekend": "keep",
            },
            "Selon un tableau par jour de la semaine, avancé si c’est un jour férié",
        ),
    ],
)
def test_deadlines_as_sentences_and_forms(deadline, text):
    read = DEADLINE.validate_python(deadline)
    assert deadline_text(read) == text
    _, stated = as_sent(deadline_values("booking", read))
    assert stated is not None
    assert DEADLINE.validate_python(stated.declaration(BATCH)) == read
    assert stated.declaration(read) == read.model_dump(mode="json")


def as_sent(values):
    """A deadline's fields as a browser sends them back."""
    plain = [
        (name.removeprefix("booking."), str(each))
        for name, value in values.items()
        for each in (value if isinstance(value, list) else [value])
        if each is not None
    ]
    return DeadlineFields.sent(FormData(plain))


def test_a_deadline_with_gaps_says_which():
    form, _ = as_sent({"kind": "days_before", "days": "deux", "at": ""})
    assert set(form.errors) == {"days", "at", "day_type"}


@pytest.mark.parametrize(
    ("path", "reached"),
    [
        ("/agent/x", "/agent/x"),
        ("//evil", "/agent"),
        ("/agentevil", "/agent"),
        ("/agent/\\evil", "/agent"),
        ("https://evil", "/agent"),
        ("/agent/connexion", "/agent"),
    ],
)
def test_where_signing_in_leads(path, reached):
    assert path_of_ours(path) == reached


def test_last_month():
    from datetime import date

    assert last_month(date(2026, 1, 31)) == "2025-12"
    assert last_month(date(2026, 3, 1)) == "2026-02"


def test_who_could_not_be_marked_is_named_with_the_reason():
    child = dict.fromkeys(("family_id", "child_id", "activity_id"), "x")
    texts = dict.fromkeys(("child", "activity_label", "class_name", "level", "diet"), "")
    mark = {"status": "attended", "version": 1, "justified": None, "units": 1}
    items = [child | texts | mark | {"booking_id": name} for name in "ab"]
    left = {"booking_id": "b", "child": "Léo Martin", "status": "cancelled"}
    marked = MarkedOut.model_validate({"items": items, "not_marked": [left]})
    kind, text = marked_message(marked)
    assert kind == "warning"
    assert text == "1\u00a0enfant pointé. Sans pointage\u00a0: Léo Martin (annulée)."


def test_an_invoice_that_costs_nothing_asks_for_nothing():
    invoices = [
        {"invoice_id": f"{cents}{status}", "regie_id": "r", "total_cents": cents, "status": status}
        for cents, status in ((0, "open"), (750, "open"), (900, "settled"))
    ]
    order = {"order_id": "o", "status": "awaiting_payment", "held_until": None, "bookings": []}
    view = OrderOut.model_validate(order | {"invoices": invoices, "cancellations": []})
    assert [each.invoice_id for each in to_pay(view)] == ["750open"]
