"""The headers that every answer carries."""

from preau.gateway.settings import GatewaySettings

Headers = list[tuple[bytes, bytes]]

COMMON: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"),
    (b"x-frame-options", b"DENY"),
]
API_POLICY = b"default-src 'none'; frame-ancestors 'none'"


def page_policy(settings: GatewaySettings, *, style: str = "'self'") -> bytes:
    """The Content-Security-Policy of pages: our own files only, nothing inline.

    Browsers hold a redirect that follows a form to form-action too: it names the providers' payment pages.
    """
    destinations = " ".join(["'self'", settings.public_origin, *settings.payment_page_origins])
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            f"style-src {style}",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            f"form-action {destinations}",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
    ).encode()


def _with(settings: GatewaySettings, policy: bytes) -> Headers:
    headers = [*COMMON, (b"content-security-policy", policy)]
    if settings.public_url.startswith("https://"):
        headers.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))
    return headers


def page_headers(settings: GatewaySettings) -> Headers:
    """For the pages of parents and agents."""
    return _with(settings, page_policy(settings))


def api_headers(settings: GatewaySettings) -> Headers:
    """For the proxied APIs: whatever a service answers, a browser runs nothing of it."""
    return _with(settings, API_POLICY)


def sandbox_headers(settings: GatewaySettings) -> Headers:
    """For the sandbox bank, a page with its style in it; development only."""
    return _with(settings, page_policy(settings, style="'unsafe-inline'"))
