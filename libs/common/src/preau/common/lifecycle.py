"""The one form of a lifecycle: in a state, an act leads to the next state; nothing else assigns a status.

    BOOKING: Lifecycle[Status, Act] = Lifecycle("booking", {
        "requested": {"accept": "confirmed", "refuse": "refused"},
        "confirmed": {},
        "refused": {},
    })

What SQL needs of it (from which states may this act start?) is derived, never written again. The function
that carries a move out emits its event: a caller cannot forget it.
"""

from collections.abc import Mapping
from typing import Generic, TypeVar

State = TypeVar("State", bound=str)
Act = TypeVar("Act", bound=str)


class IllegalMove(Exception):
    """The thing cannot do this in its state; edges answer 409, and in our own work it is a fault of ours."""

    def __init__(self, subject: str, state: str, act: str) -> None:
        super().__init__(f"a {subject} that is {state} cannot {act}")
        self.subject, self.state, self.act = subject, state, act


class Lifecycle(Generic[State, Act]):
    """A table of moves. Raises ``ValueError`` when a move leads to a state that the table does not name."""

    def __init__(self, subject: str, moves: Mapping[State, Mapping[Act, State]]) -> None:
        self.subject = subject
        self._moves = moves
        for state, onward in moves.items():
            for act, to in onward.items():
                if to not in moves:
                    raise ValueError(f"{subject}: {state} --{act}--> {to}, which is no state")

    @property
    def states(self) -> frozenset[State]:
        return frozenset(self._moves)

    @property
    def ended(self) -> frozenset[State]:
        """The states that nothing leads out of."""
        return frozenset(state for state, onward in self._moves.items() if not onward)

    def move(self, state: State, act: Act) -> State:
        """The state after the act; raises ``IllegalMove``."""
        try:
            return self._moves[state][act]
        except KeyError:
            raise IllegalMove(self.subject, state, act) from None

    def may(self, state: State, act: Act) -> bool:
        return act in self._moves[state]

    def acts(self, state: State) -> frozenset[Act]:
        """What may be done in a state."""
        return frozenset(self._moves[state])

    def before(self, act: Act) -> frozenset[State]:
        """The states in which the act may begin: the guard of an UPDATE that carries it out."""
        return frozenset(state for state, onward in self._moves.items() if act in onward)
