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
        "a custody is of a child of its family, between two families of one commune",
        "SELECT custody_id::text FROM child_custody c JOIN child USING (child_id)"
        " JOIN family home ON home.family_id = c.family_id"
        " LEFT JOIN family other ON other.family_id = c.other_family_id"
        " WHERE child.family_id <> c.family_id OR c.commune_id <> home.commune_id"
        " OR other.commune_id <> home.commune_id",
    ),
    Invariant(
        "a closed family has no child between two families",
        "SELECT custody_id::text FROM child_custody c"
        " JOIN family f ON f.family_id IN (c.family_id, c.other_family_id) AND f.status = 'closed'"
        " WHERE c.kind <> 'none' AND NOT EXISTS (SELECT FROM child_custody later"
        " WHERE later.child_id = c.child_id AND later.effective_from > c.effective_from"
        " AND later.effective_from <= current_date + 1)",
    ),
    Invariant(
        "a guardian has one membership at most, in their own family",
        "SELECT membership_id::text FROM membership m JOIN guardian g USING (guardian_id)"
        " WHERE m.family_id <> g.family_id",
    ),
)
