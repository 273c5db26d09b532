"""What identity answers. Written by `make docs` from gateway/openapi/identity.json."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel


class ActivationOut(BaseModel):
    """
    What an activation link is about.
    """

    family_label: str
    commune_name: str
    first_name: str
    last_name: str
    email: str
    expires_at: datetime


class AddressOut(BaseModel):
    """
    A postal address.
    """

    street: str
    postal_code: str
    city: str


class AgentOut(BaseModel):
    """
    An agent of the commune.
    """

    agent_id: str
    email: str
    name: str
    roles: list[Literal['admin', 'reservations', 'attendance', 'billing', 'requests']]
    status: Literal['active', 'closed']


class AgentsOut(BaseModel):
    """
    Every agent of the commune.
    """

    items: list[AgentOut]


class ChangeOut(BaseModel):
    """
    One change of a record: ``action`` is what happened, by a code of the service's.
    """

    agent_id: str
    action: str
    recorded_at: datetime


class ChangesOut(BaseModel):
    """
    The latest changes of a record, the last one first.
    """

    items: list[ChangeOut]


class ChildCategoryOut(BaseModel):
    """
    A category of children, of the commune's own.
    """

    code: str
    label: str


class ColleagueOut(BaseModel):
    """
    An agent of the commune, as the others know them.
    """

    agent_id: str
    name: str


class ColleaguesOut(BaseModel):
    """
    Every agent of the commune, also those whose access is closed: what they did stays.
    """

    items: list[ColleagueOut]


class CommuneOut(BaseModel):
    """
    What everybody may know of a commune.
    """

    commune_id: str
    slug: str
    name: str
    accent_colour: str
    contact_email: str
    contact_phone: str
    time_zone: str


class CommunesOut(BaseModel):
    """
    Every commune, by name.
    """

    items: list[CommuneOut]


class CustodyDatesOut(BaseModel):
    """
    Days, both included, on which one side has the child whatever the kind says.
    """

    first_day: date
    last_day: date
    side: Literal['home', 'other']


class CustodyDayOut(BaseModel):
    """
    A day, and what the other family pays of it in percent: 100 has the child, 0 has not.
    """

    day: date
    percent: int
    family_id: str | None
    family_label: str


class CustodyOut(BaseModel):
    """
    Who has a child, as ``CustodyIn`` says it. Parents get no ``family_id`` of the other family.
    """

    effective_from: date | None
    effective_to: date | None
    kind: Literal['none', 'weeks', 'weekdays', 'dates', 'share']
    family_id: str | None
    family_label: str
    weeks: Literal['even', 'odd']
    changes_on: int
    weekdays: list[int]
    percent: int
    dates: list[CustodyDatesOut]


class CustodyPreviewOut(BaseModel):
    """
    Who has a child on each day of five weeks, from a Monday on.
    """

    days: list[CustodyDayOut]


class GuardianOut(BaseModel):
    """
    A responsable; ``contact_hidden`` when e-mail and phone are left out for the reader.
    """

    guardian_id: str
    civility: Literal['', 'mme', 'm']
    first_name: str
    last_name: str
    email: str
    phone: str
    is_payer: bool
    has_account: bool
    contact_hidden: bool


class MembershipOut(BaseModel):
    """
    A family of the account, with what a person recognises it by.
    """

    commune_id: str
    commune_name: str
    commune_slug: str
    accent_colour: str
    family_id: str
    family_label: str
    guardian_id: str


class PayerOut(BaseModel):
    """
    Who receives the invoices.
    """

    effective_from: date | None
    effective_to: date | None
    guardian_id: str


class PickupOut(BaseModel):
    """
    Someone who may fetch the child, from a day to another (both included) or without end.
    """

    person_name: str
    relation: str
    phone: str
    valid_from: date
    valid_to: date | None
    request_id: str


class PublicKey(BaseModel):
    """
    A key that verifies signatures (RFC 8037).
    """

    kty: Literal['OKP']
    crv: Literal['Ed25519']
    x: str
    kid: str
    alg: str
    use: str


class QuotientOut(BaseModel):
    """
    A quotient familial, from a day (included) to another (excluded) or without end.

    ``value`` is in whole euros, rounded down; ``cents`` is the exact one in hundredths of a euro.
    ``recorded_on`` is the day on which it was entered, null when nobody noted it.
    """

    value: int
    cents: int
    effective_from: date
    effective_to: date | None
    recorded_on: date | None


class RegisteredOut(BaseModel):
    """
    The new account's id.
    """

    account_id: str


class ResidencyClassOut(BaseModel):
    """
    A class of residency, of the commune's own.
    """

    code: str
    label: str
    is_resident: bool


class ResidencyOut(BaseModel):
    """
    Where the family lives, as prices see it: the code of a class of the commune's own.
    """

    effective_from: date | None
    effective_to: date | None
    residency: str


class SandboxMailOut(BaseModel):
    """
    A mail that the sandbox took; ``links`` are those of its text.
    """

    to: str
    subject: str
    text: str
    html: str
    sent_at: datetime
    links: list[str]


class SandboxMailsOut(BaseModel):
    """
    The mailbox, newest first.
    """

    items: list[SandboxMailOut]


class SchoolingOut(BaseModel):
    """
    Where a child is at school; ``category`` is a code of the commune's own.
    """

    effective_from: date | None
    effective_to: date | None
    school: str
    class_name: str
    level: Literal['nursery', 'elementary', 'other']
    category: str


class SessionOut(BaseModel):
    """
    A session's tokens. ``expires_in`` is the access token's life in seconds.
    """

    access_token: str
    expires_in: int
    refresh_token: str
    session_id: str
    subject: Literal['parent', 'agent']
    display_name: str


class SessionStatusOut(BaseModel):
    """
    Whether a session still stands.
    """

    active: bool


class SharedChildOut(BaseModel):
    """
    A child of another family, its home, that this one has or pays for by custody.

    ``home_hidden``: a parent of this family gets its first name and their own days, the rest is left out.
    """

    child_id: str
    first_name: str
    last_name: str
    home_family_id: str | None
    home_family_label: str
    home_hidden: bool
    custodies: list[CustodyOut]


class AccountOut(BaseModel):
    """
    One's profile and families.
    """

    account_id: str
    account_name: str
    email: str
    email_confirmed_at: datetime | None
    purpose: Literal['personal', 'organisation']
    civility: Literal['', 'mme', 'm']
    first_name: str
    last_name: str
    notify_by: Literal['email', 'sms', 'none']
    phone: str
    second_phone: str
    second_email: str
    memberships: list[MembershipOut]


class AgentCommuneOut(BaseModel):
    """
    The commune as its agents see it.
    """

    commune_id: str
    slug: str
    name: str
    accent_colour: str
    contact_email: str
    contact_phone: str
    time_zone: str
    has_logo: bool
    school_zone: str
    residency_classes: list[ResidencyClassOut]
    child_categories: list[ChildCategoryOut]
    version: int


class ChildOut(BaseModel):
    """
    A child of the family; school, class, level and category are those of the day it was published on.
    """

    child_id: str
    first_name: str
    last_name: str
    birth_date: date
    school: str
    class_name: str
    level: Literal['nursery', 'elementary', 'other']
    category: str
    diet: str
    schoolings: list[SchoolingOut]
    counts_from: date | None
    counts_to: date | None
    custodies: list[CustodyOut]
    pickup_authorisations: list[PickupOut]


class FamilyOut(BaseModel):
    """
    The whole record of a family; residency and payer are those of the day it was published on.

    ``residency`` tells whether the family's class counts as resident, ``residencies`` tell the class.
    ``delivery`` is how the family wants its invoices, ``delivered_by`` how they reach it: on paper also
    where nobody has an account. ``shared_children`` are those of other families whose
    custodies name this one.
    """

    family_id: str
    commune_id: str
    version: int
    label: str
    status: Literal['active', 'closed']
    residency: Literal['resident', 'non_resident']
    address: AddressOut
    guardians: list[GuardianOut]
    children: list[ChildOut]
    quotients: list[QuotientOut]
    residencies: list[ResidencyOut]
    payers: list[PayerOut]
    delivery: Literal['mail', 'paper']
    delivered_by: Literal['mail', 'paper']
    shared_children: list[SharedChildOut]


class KeysOut(BaseModel):
    """
    The public keys (RFC 7517).
    """

    keys: list[PublicKey]


class MeOut(BaseModel):
    """
    The agent who asks, and the commune they work for.
    """

    agent_id: str
    email: str
    name: str
    roles: list[Literal['admin', 'reservations', 'attendance', 'billing', 'requests']]
    status: Literal['active', 'closed']
    commune: AgentCommuneOut


class PageFamilyOut(BaseModel):
    items: list[FamilyOut]
    next_cursor: str | None = None
