"""What must hold in the database of identity: queries of which the audit expects no row."""

from preau.common.invariants import Invariant

INVARIANTS = (
    Invariant(
        "a family has lived somewhere since always",
        "SELECT family_id::text FROM family f WHERE NOT EXISTS (SELECT FROM residency_period p"
        " WHERE p.family_id = f.family_id AND p.effective_from = '-infinity')",
    ),
    Invariant(
        "a child is at school, or not, since always",
        "SELECT child_id::text FROM child c WHERE NOT EXISTS (SELECT FROM schooling s"
        " WHERE s.child_id = c.child_id AND s.effective_from = '-infinity')",
    ),
    Invariant(
        "somebody of the family has received its invoices since always",
        "SELECT f.family_id::text FROM family f WHERE EXISTS (SELECT FROM guardian g"
        " WHERE g.family_id = f.family_id) AND NOT EXISTS (SELECT FROM payer_period p"
        " JOIN guardian g USING (guardian_id, family_id)"
        " WHERE p.family_id = f.family_id AND p.effective_from = '-infinity')",
    ),
    Invariant(
        "a guardian has one membership at most, in their own family",
        "SELECT membership_id::text FROM membership m JOIN guardian g USING (guardian_id)"
        " WHERE m.family_id <> g.family_id",
    ),
)
