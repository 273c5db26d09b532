"""The filters of an address, as services take them."""

from __future__ import annotations

from collections.abc import Mapping

from preau.gateway.pages.form_fields import cents_of


def in_cents(filters: Mapping[str, str], *names: str) -> dict[str, str]:
    """The filters, the amounts ``names`` in cents: they are typed in euros.

    What is no amount stays as it was typed: the service refuses it.
    """
    return {name: _in_cents(value) if name in names else value for name, value in filters.items()}


def _in_cents(typed: str) -> str:
    cents = cents_of(typed)
    return typed if cents is None else str(cents)
