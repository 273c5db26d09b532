"""What a service measures in its database each time that its ``/metrics`` is asked for."""

from collections.abc import Sequence
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Gauge

from preau.common.db.database import Database


class Measure(NamedTuple):
    """A gauge that a statement over all communes gives, as one number."""

    name: str
    says: str
    sql: str


OUTBOX = (
    Measure("preau_outbox_backlog", "Events that wait in the outbox", "SELECT count(*) FROM outbox"),
    Measure(
        "preau_outbox_oldest_seconds",
        "For how long the oldest event of the outbox has waited",
        "SELECT coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0) FROM outbox",
    ),
)


class Measures:
    """Their gauges."""

    def __init__(self, measures: Sequence[Measure], registry: CollectorRegistry) -> None:
        self._gauges = [(Gauge(one.name, one.says, registry=registry), one.sql) for one in measures]

    async def take(self, database: Database) -> None:
        """Measure anew."""
        async with database.system_engine.connect() as connection:
            for gauge, sql in self._gauges:
                gauge.set((await connection.exec_driver_sql(sql)).scalar_one())
