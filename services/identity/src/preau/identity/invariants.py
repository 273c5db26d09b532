"""What must hold in the database of identity: queries of which the audit expects no row."""

from preau.common.invariants import Invariant

INVARIANTS = (
    Invariant(
        "a guardian has one membership at most, in their own family",
        "SELECT membership_id::text FROM membership m JOIN guardian g USING (guardian_id)"
        " WHERE m.family_id <> g.family_id",
    ),
)
