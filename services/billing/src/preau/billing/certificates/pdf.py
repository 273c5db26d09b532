"""The tax certificate as PDF."""

import asyncio
from collections.abc import Sequence

from preau.billing.certificates.service import Stated
from preau.billing.letterheads.service import under_letterhead
from preau.billing.typesetting import typeset
from preau.wording.amounts import euros
from preau.wording.dates import and_list, short_date


async def render(stated: Stated) -> bytes:
    """The PDF; in a thread, since it takes some milliseconds of a core."""
    template = under_letterhead("preau.billing.certificates", "certificate.typ")
    return await asyncio.to_thread(typeset, template, document(stated), stated.day)


def document(stated: Stated) -> dict[str, object]:
    """What the template prints."""
    made = stated.certificate
    return {
        "head": stated.letterhead.data(),
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
        "food": food_told(made.whole),
    }


def food_told(whole: Sequence[str]) -> str:
    """What is said of meals: ``whole`` names the activities whose amounts may hold them."""
    if not whole:
        return "Les repas ne sont pas comptés."
    return (
        f"Les repas ne sont pas comptés, sauf pour\u202f: {and_list(whole)}. Le tarif n’y distingue pas les "
        "repas de la garde\u202f; ces montants les comprennent s’il y en a."
    )
