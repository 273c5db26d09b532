"""What routes ask for besides who calls."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from preau.common.errors import FieldErrors
from preau.common.http.access import AgentAccess, AgentMay
from preau.common.http.pages import CursorParameter, decode_cursor
from preau.payments.payments.provider_calls import ProviderCalls
from preau.payments.settings import PaymentsSettings

Accountant = Annotated[AgentAccess, AgentMay("billing")]
"""An agent who may see and decide what concerns the money of the régies."""


def _provider_calls(request: Request) -> ProviderCalls:
    return request.app.state.provider_calls


def _settings(request: Request) -> PaymentsSettings:
    return request.app.state.settings


def _before(cursor: CursorParameter = None) -> UUID | None:
    keys = decode_cursor(cursor, 1)
    try:
        return UUID(keys[0]) if keys else None
    except (ValueError, AttributeError, TypeError) as error:
        raise FieldErrors({"cursor": "Ce curseur n’est pas valide."}) from error


Calls = Annotated[ProviderCalls, Depends(_provider_calls)]
Settings = Annotated[PaymentsSettings, Depends(_settings)]
Before = Annotated[UUID | None, Depends(_before)]
"""The payment that the page before ended with."""
