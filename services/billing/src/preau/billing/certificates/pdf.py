"""The tax certificate as PDF."""

import asyncio
from functools import cache
from importlib.resources import files

from preau.billing.certificates.service import Stated
from preau.billing.typesetting import typeset
from preau.wording.amounts import euros
from preau.wording.dates import short_date


async def render(stated: Stated) -> bytes:
    """The PDF; in a thread, since it takes some milliseconds of a core."""
    return await asyncio.to_thread(typeset, _template(), document(stated), stated.day)


def document(stated: Stated) -> dict[str, object]:
    """What the template prints."""
    made = stated.certificate
    return {
        "year": str(made.year),
        "commune": stated.commune_name,
        "addressee": stated.addressee,
        "day": short_date(stated.day),
        "is_over": stated.is_over,
        "children": [
            {
                "name": each.child.name,
                "born": short_date(each.child.birth_date),
                "parts": [(part.activity_label, euros(part.cents)) for part in each.parts],
                "total": euros(each.cents),
            }
            for each in made.children
        ],
        "total": euros(made.cents),
        "paid": euros(made.paid_cents),
        "left_out": euros(made.left_out_cents),
    }


@cache
def _template() -> bytes:
    return (files("preau.billing.certificates") / "template" / "certificate.typ").read_bytes()
