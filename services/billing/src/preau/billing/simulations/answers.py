"""A simulation as it is answered."""

from collections.abc import Mapping, Sequence

from preau.billing.simulations.domain import Segment, distribution, movement
from preau.billing.simulations.repository import Asked, FamilyCompared
from preau.billing.simulations.schemas import (
    AskedOut,
    ClassOut,
    FamilyComparedOut,
    MovementOut,
    SegmentOut,
    SimulationOut,
)
from preau.billing.simulations.service import Simulated
from preau.common.money import Cents


def answer_of(simulated: Simulated) -> SimulationOut:
    """A simulation with its sums, its segments in the order of the draft's rows and bands."""
    now, draft = (_sums([each for each in simulated.asked if each.side == side]) for side in ("now", "draft"))
    return SimulationOut(
        charges=draft.charges,
        unpriced=draft.charges - now.charges,
        unknown_families=simulated.extent.unknown_families,
        now_cents=now.cents,
        draft_cents=draft.cents,
        segments=_segments(simulated.segments, simulated.asked),
        families=_movement(simulated.by_family),
        children=_movement(simulated.by_child),
        distribution=[ClassOut(**each._asdict()) for each in distribution(simulated.by_family)],
        falling=_named(simulated.falling),
        rising=_named(simulated.rising),
        all_families=_named(simulated.families),
    )


def _sums(asked: Sequence[Asked]) -> AskedOut:
    return AskedOut(
        charges=sum(each.charges for each in asked),
        children=sum(each.children for each in asked),
        cents=sum(each.cents for each in asked),
    )


def _segments(segments: Sequence[Segment], asked: Sequence[Asked]) -> list[SegmentOut]:
    sides: dict[int, dict[str, AskedOut]] = {}
    for each in asked:
        sides.setdefault(each.segment, {})[each.side] = AskedOut.model_validate(each)
    in_order = sorted(sides, key=lambda number: segments[number])
    return [
        SegmentOut(
            **segments[number]._asdict(), now=sides[number].get("now"), draft=sides[number].get("draft")
        )
        for number in in_order
    ]


def _movement(differences: Mapping[Cents, int]) -> MovementOut:
    return MovementOut.model_validate(movement(differences))


def _named(families: Sequence[FamilyCompared]) -> list[FamilyComparedOut]:
    return [FamilyComparedOut.model_validate(each) for each in families]
