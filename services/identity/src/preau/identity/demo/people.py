"""Who lives in the demonstration. Nobody here exists; addresses end in ``.example`` (RFC 2606).

Fixed ids: communes ``…0001`` and ``…0002``, families ``…01NN``, guardians ``…02NN`` (first) and ``…03NN``
(second), children ``…04NN`` to ``…06NN`` (first to third), agents ``…07NN``, accounts ``…08NN``.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Literal, NamedTuple
from uuid import UUID

from preau.identity.families.dated import Effect
from preau.identity.families.domain import PostalAddress
from preau.identity.families.service import NewChild, NewFamily, NewGuardian


def fixed_id(kind: int, number: int) -> UUID:
    """The id of that kind and number, as listed above."""
    return UUID(f"01900000-0000-7000-8000-00000000{kind:02d}{number:02d}")


JOLIEVILLE = fixed_id(0, 1)
BEAUVAL = fixed_id(0, 2)

COMMUNES: tuple[dict[str, Any], ...] = (
    {
        "commune_id": JOLIEVILLE,
        "slug": "jolieville",
        "name": "Jolieville",
        "time_zone": "Europe/Paris",
        "school_zone": "A",
        "accent_colour": "#1f5fa8",
        "contact_email": "accueil@jolieville.example",
        "contact_phone": "01 99 00 12 34",
    },
    {
        "commune_id": BEAUVAL,
        "slug": "beauval",
        "name": "Beauval-sur-Orge",
        "time_zone": "Europe/Paris",
        "school_zone": "C",
        "accent_colour": "#2e6b4f",
        "contact_email": "accueil@beauval.example",
        "contact_phone": "01 99 00 56 78",
    },
)


def _agent(number: int, commune_id: UUID, email: str, name: str, *roles: str) -> dict[str, Any]:
    return {
        "agent_id": fixed_id(7, number),
        "commune_id": commune_id,
        "email": email,
        "name": name,
        "roles": list(roles),
    }


AGENTS: tuple[dict[str, Any], ...] = (
    _agent(1, JOLIEVILLE, "admin@jolieville.example", "Agnès Morel", "admin"),
    _agent(2, JOLIEVILLE, "accueil@jolieville.example", "Karim Haddad", "reservations", "requests"),
    _agent(3, JOLIEVILLE, "animation@jolieville.example", "Lucie Perrin", "attendance"),
    _agent(4, JOLIEVILLE, "regie@jolieville.example", "Bernard Colin", "billing"),
    _agent(5, BEAUVAL, "admin@beauval.example", "Sylvie Renard", "admin"),
)


class DatedChange(NamedTuple):
    """What was entered since: of the family, of its first child, a quotient in hundredths of a euro."""

    effect: Effect
    family: Mapping[str, Any] = MappingProxyType({})
    child: Mapping[str, Any] = MappingProxyType({})
    quotient: int | None = None


class DemoFamily(NamedTuple):
    """A family of the demonstration and its commune, and what was entered since it was registered."""

    commune_id: UUID
    new: NewFamily
    dated: tuple[DatedChange, ...] = ()


class Link(NamedTuple):
    """An account's place in a family."""

    commune_id: UUID
    family_id: UUID
    guardian_id: UUID


class DemoParent(NamedTuple):
    """A parent's account."""

    account_id: UUID
    email: str
    memberships: tuple[Link, ...]


Adult = tuple[Literal["", "mme", "m"], str, str]
"""Civility, first name, e-mail."""
Pupil = tuple[str, date, str, str]
"""First name, date of birth, class, diet."""

_MATERNELLE = ("TPS", "PS", "MS", "GS")


def _family(
    number: int,
    name: str,
    adults: Sequence[Adult],
    pupils: Sequence[Pupil],
    quotient: int | None,
    *,
    commune_id: UUID = JOLIEVILLE,
    school: str = "École Jules-Ferry",
    city: tuple[str, str] = ("99100", "Jolieville"),
    residency: Literal["resident", "non_resident"] = "resident",
    dated: tuple[DatedChange, ...] = (),
) -> DemoFamily:
    """A family of that number; the first adult pays."""
    return DemoFamily(
        commune_id,
        NewFamily(
            family_id=fixed_id(1, number),
            label=f"Famille {name}",
            residency=residency,
            address=PostalAddress(f"{number + 3} rue des Tilleuls", *city),
            guardians=[
                NewGuardian(
                    guardian_id=fixed_id(2 + rank, number),
                    civility=civility,
                    first_name=first_name,
                    last_name=name,
                    email=email,
                    phone=f"06 39 98 {rank:02d} {number:02d}",
                    is_payer=rank == 0,
                )
                for rank, (civility, first_name, email) in enumerate(adults)
            ],
            children=[
                NewChild(
                    child_id=fixed_id(4 + rank, number),
                    first_name=first_name,
                    last_name=name,
                    birth_date=born,
                    school=school,
                    class_name=class_name,
                    level="nursery" if class_name in _MATERNELLE else "elementary",
                    diet=diet,
                )
                for rank, (first_name, born, class_name, diet) in enumerate(pupils)
            ],
            quotients=[] if quotient is None else [(quotient * 100, date(2026, 1, 1))],
        ),
        dated,
    )


FAMILIES: tuple[DemoFamily, ...] = (
    _family(
        1,
        "Martin",
        [("mme", "Claire", "parent@jolieville.example"), ("m", "Julien", "julien.martin@jolieville.example")],
        [("Léa", date(2018, 4, 12), "CE2", ""), ("Tom", date(2020, 9, 3), "CP", "Sans porc")],
        612,
    ),
    _family(
        2,
        "Nguyen",
        [("m", "Minh", "minh.nguyen@jolieville.example")],
        [("Lina", date(2019, 1, 22), "CE1", "")],
        385,
    ),
    _family(
        3,
        "Diallo",
        [("mme", "Aïssata", "aissata.diallo@jolieville.example"), ("m", "Ousmane", "")],
        [
            ("Fatou", date(2016, 6, 30), "CM2", "Végétarien"),
            ("Moussa", date(2018, 11, 8), "CE1", "Végétarien"),
            ("Awa", date(2021, 2, 14), "GS", "Végétarien"),
        ],
        298,
    ),
    _family(
        4,
        "Lefèvre",
        [("mme", "Sophie", "sophie.lefevre@jolieville.example")],
        [("Hugo", date(2017, 8, 19), "CM1", "Sans arachide (PAI)")],
        1180,
    ),
    _family(
        5,
        "Benali",
        [
            ("mme", "Nadia", "nadia.benali@jolieville.example"),
            ("m", "Samir", "samir.benali@jolieville.example"),
        ],
        [("Inès", date(2019, 5, 5), "CE1", "Sans porc"), ("Yanis", date(2022, 3, 27), "MS", "Sans porc")],
        540,
    ),
    _family(6, "Garcia", [("m", "Luis", "")], [("Emma", date(2018, 12, 1), "CE1", "")], 720),
    _family(
        7,
        "Petit",
        [
            ("mme", "Anne", "anne.petit@jolieville.example"),
            ("mme", "Julie", "julie@petit.example"),
        ],
        [("Jules", date(2020, 7, 17), "CP", "")],
        905,
    ),
    _family(
        8,
        "Rousseau",
        [("m", "Pierre", "pierre.rousseau@jolieville.example")],
        [("Chloé", date(2016, 10, 10), "CM2", ""), ("Noé", date(2019, 10, 2), "CE1", "")],
        None,
    ),
    _family(
        9,
        "Da Silva",
        [("mme", "Maria", "maria.dasilva@jolieville.example")],
        [("Gabriel", date(2021, 1, 9), "GS", "")],
        455,
        dated=(DatedChange(Effect(date(2026, 9, 1)), quotient=45550),),
    ),
    _family(
        10,
        "Marchand",
        [("m", "Olivier", "olivier.marchand@sainte-anne.example")],
        [("Zoé", date(2018, 2, 28), "CE2", "")],
        1320,
        city=("99120", "Sainte-Anne"),
        residency="non_resident",
        dated=(
            DatedChange(Effect(since_always=True), family={"residency": "resident"}),
            DatedChange(Effect(date(2025, 9, 1)), family={"residency": "non_resident"}),
        ),
    ),
    _family(
        11,
        "Kowalski",
        [("mme", "Ewa", "ewa.kowalski@jolieville.example"), ("m", "Adam", "")],
        [("Oskar", date(2022, 6, 6), "MS", ""), ("Maja", date(2023, 5, 21), "PS", "")],
        668,
    ),
    _family(
        12,
        "O’Connor",
        [("m", "Sean", "sean.oconnor@jolieville.example")],
        [("Maëlle", date(2017, 3, 15), "CE2", "Sans gluten (PAI)")],
        998,
        dated=(DatedChange(Effect(date(2026, 9, 1)), child={"class_name": "CM1", "category": "pai"}),),
    ),
    _family(
        13,
        "Bernard",
        [
            ("mme", "Élodie", "elodie.bernard@jolieville.example"),
            ("m", "Marc", "marc@bernard.example"),
        ],
        [("Louise", date(2020, 12, 24), "CP", ""), ("Paul", date(2023, 2, 2), "PS", "")],
        401,
    ),
    _family(
        14,
        "Martin",
        [("mme", "Claire", "parent@jolieville.example")],
        [("Léa", date(2018, 4, 12), "CE2", "")],
        612,
        commune_id=BEAUVAL,
        school="École des Peupliers",
        city=("99200", "Beauval-sur-Orge"),
    ),
    _family(
        15,
        "Fontaine",
        [("m", "Thierry", "thierry.fontaine@beauval.example")],
        [("Lucas", date(2019, 9, 9), "CE1", "")],
        830,
        commune_id=BEAUVAL,
        school="École des Peupliers",
        city=("99200", "Beauval-sur-Orge"),
    ),
)


def _link(number: int, rank: int = 0, commune_id: UUID = JOLIEVILLE) -> Link:
    return Link(commune_id, fixed_id(1, number), fixed_id(2 + rank, number))


PARENTS: tuple[DemoParent, ...] = (
    DemoParent(fixed_id(8, 1), "parent@jolieville.example", (_link(1), _link(14, commune_id=BEAUVAL))),
    DemoParent(fixed_id(8, 2), "minh.nguyen@jolieville.example", (_link(2),)),
    DemoParent(fixed_id(8, 3), "aissata.diallo@jolieville.example", (_link(3),)),
    DemoParent(fixed_id(8, 4), "julien.martin@jolieville.example", (_link(1, rank=1),)),
    DemoParent(fixed_id(8, 5), "thierry.fontaine@beauval.example", (_link(15, commune_id=BEAUVAL),)),
)
