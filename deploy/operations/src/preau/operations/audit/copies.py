"""Copies against the original, by content: the version alone would hide a copy that was written wrongly."""

from typing import NamedTuple


class Copied(NamedTuple):
    """A publisher's table and the columns of it that some readers keep; each as SQL over both tables."""

    table: str
    key: str
    publisher: str
    columns: dict[str, tuple[str, ...]]
    """By reader."""


COMMUNE = ("name", "time_zone")
CONTACT = ("contact_email", "contact_phone")

COPIED: tuple[Copied, ...] = (
    Copied(
        "commune",
        "commune_id",
        "identity",
        {
            "reservations": (*COMMUNE, *CONTACT, "school_zone"),
            "billing": (*COMMUNE, *CONTACT),
            "payments": COMMUNE,
            "requests": COMMUNE,
        },
    ),
    Copied(
        "family",
        "family_id",
        "identity",
        {
            "reservations": ("commune_id", "label", "status"),
            "billing": ("commune_id", "label"),
            "payments": ("commune_id", "label"),
            "requests": ("commune_id", "label", "status"),
        },
    ),
    Copied(
        "activity",
        "activity_id",
        "reservations",
        {"billing": ("commune_id", "regie_id", "label", "unit", "payment_mode", "status")},
    ),
)

CHILDREN = (
    "child_id",
    "family_id",
    "first_name",
    "last_name",
    "birth_date",
    "class_name",
    "level",
    "diet",
)


def row_as_text(columns: tuple[str, ...]) -> str:
    """SQL for a row's content, the same in two databases: short, whatever the row holds."""
    return f"md5(ROW({', '.join(columns)})::text)"


PRICED_BY = (
    "{record} -> 'label'",
    "{record} -> 'residency'",
    "(SELECT jsonb_agg(each - '{{cents,recorded_on}}'::text[])"
    " FROM jsonb_array_elements({record} -> 'quotients') each)",
)
"""What billing reads in a family's record; fields that a later version adds make no difference."""


def record_as_text(record: str) -> str:
    """SQL for what billing reads in a family's record."""
    parts = ", ".join(part.format(record=record) for part in PRICED_BY)
    return f"md5(jsonb_build_array({parts})::text)"


FAMILIES_TOLD = (
    f"SELECT DISTINCT ON (aggregate_id) aggregate_id::text, {record_as_text('payload')} FROM event_log"  # noqa: S608
    " WHERE routing_key = 'identity.family.updated.v1' ORDER BY aggregate_id, aggregate_version DESC"
)
FAMILIES_KEPT = f"SELECT family_id::text, {record_as_text('record')} FROM family_copy"  # noqa: S608
