"""What must hold in the database of requests: queries of which the audit expects no row."""

from preau.common.invariants import Invariant

INVARIANTS = (
    Invariant(
        "a request's history ends with its status",
        "SELECT format('request %s is %s, its history says %s', r.request_id, r.status, h.to_status)"
        " FROM request r LEFT JOIN LATERAL (SELECT to_status FROM request_history"
        "  WHERE request_id = r.request_id ORDER BY version DESC LIMIT 1) h ON true"
        " WHERE h.to_status IS DISTINCT FROM r.status",
    ),
    Invariant(
        "the room that a family's documents take is counted",
        "SELECT format('family %s: %s bytes counted, %s kept', family_id, used_bytes, kept) FROM"
        " (SELECT family_id, coalesce(u.used_bytes, 0) AS used_bytes, coalesce(d.kept, 0) AS kept"
        "  FROM document_usage u FULL JOIN (SELECT commune_id, family_id, sum(size) AS kept"
        "   FROM document GROUP BY commune_id, family_id) d USING (commune_id, family_id)) f"
        " WHERE used_bytes <> kept",
    ),
)
