"""What routes ask for besides who calls."""

from typing import Annotated

from fastapi import Depends, Request

from preau.common.http.access import AgentAccess, AgentMay
from preau.payments.payments.provider_calls import ProviderCalls
from preau.payments.settings import PaymentsSettings

Accountant = Annotated[AgentAccess, AgentMay("billing")]
"""An agent who may see and decide what concerns the money of the régies."""


def _provider_calls(request: Request) -> ProviderCalls:
    return request.app.state.provider_calls


def _settings(request: Request) -> PaymentsSettings:
    return request.app.state.settings


Calls = Annotated[ProviderCalls, Depends(_provider_calls)]
Settings = Annotated[PaymentsSettings, Depends(_settings)]
