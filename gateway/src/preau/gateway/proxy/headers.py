"""Which headers pass, each way."""

from collections.abc import Iterable

from multidict import CIMultiDict

RawHeaders = Iterable[tuple[bytes, bytes]]

HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)

# Nobody outside may say who they are, where they come from or which transaction they are in.
IDENTITY = frozenset(
    {
        b"forwarded",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-proto",
        b"x-forwarded-port",
        b"x-forwarded-prefix",
        b"x-forwarded-user",
        b"x-forwarded-email",
        b"x-forwarded-groups",
        b"x-forwarded-preferred-username",
        b"x-forwarded-access-token",
        b"x-real-ip",
        b"x-client-ip",
        b"x-original-url",
        b"x-rewrite-url",
        b"x-http-method-override",
        b"x-user",
        b"x-user-id",
        b"x-remote-user",
        b"remote-user",
        b"x-auth-request-user",
        b"x-auth-request-email",
        b"x-account-id",
        b"x-agent-id",
        b"x-family-id",
        b"x-commune-id",
        b"x-roles",
    }
)
IDENTITY_PREFIXES = (b"x-preau-", b"x-forwarded-", b"x-auth-")

_NOT_INWARDS = (
    HOP_BY_HOP
    | IDENTITY
    | {b"host", b"cookie", b"x-csrf-token", b"x-correlation-id", b"traceparent", b"tracestate", b"baggage"}
    | {b"expect", b"origin", b"referer"}
)

_NOT_OUTWARDS = HOP_BY_HOP | {
    b"server",
    b"date",
    b"set-cookie",
    b"x-correlation-id",
    b"x-content-type-options",
    b"x-frame-options",
    b"referrer-policy",
    b"content-security-policy",
    b"strict-transport-security",
    b"permissions-policy",
    b"cross-origin-opener-policy",
    b"cross-origin-resource-policy",
}


def inwards(headers: RawHeaders) -> CIMultiDict[str]:
    """A client's headers as a service may see them: no cookie, no claim of identity, nothing of the hop."""
    kept: CIMultiDict[str] = CIMultiDict()
    named: set[bytes] = set()
    for name, value in headers:
        if name in _NOT_INWARDS or name.startswith(IDENTITY_PREFIXES):
            if name == b"connection":
                named.update(part.strip().lower() for part in value.split(b","))
            continue
        kept.add(name.decode("latin-1"), value.decode("latin-1"))
    for name in named - {b"close", b"keep-alive", b"content-length", b"authorization"}:
        kept.popall(name.decode("latin-1"), None)
    return kept


def outwards(headers: RawHeaders) -> list[tuple[bytes, bytes]]:
    """A service's headers as a client may see them; ours replace the ones left out."""
    return [(name, value) for name, value in headers if name.lower() not in _NOT_OUTWARDS]
