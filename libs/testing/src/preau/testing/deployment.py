"""The deployed shape as processes on this machine: PostgreSQL, RabbitMQ, services, workers, gateway.

    members = [Member("identity"), Member("billing", worker=True), …]
    with Deployment(folder, members) as deployment:
        deployment["billing"].kill()
        deployment["billing"].start()

All of it is private to the test run, so that it may be killed; the databases forget nothing at a SIGKILL
(they do at a power cut: no fsync).
"""

import asyncio
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from preau.common.db.provision import drawn_passwords, provision
from preau.common.db.roles import Passwords, ServiceDatabase
from preau.common.embedded.postgres import PostgresServer
from preau.common.embedded.process import wait_until
from preau.common.embedded.rabbitmq import RabbitmqNode
from preau.testing.processes import ProgramProcess, expect_success, run_program
from preau.testing.waiting import PATIENT

GATEWAY_KEY = "deployment-under-test-gateway-key"  # as long as a real one
RECOVERS_WITHIN_SECONDS = 15.0
POSTGRES_SETTINGS = {"max_connections": "250", "shared_buffers": "128MB", "synchronous_commit": "on"}


@dataclass(frozen=True)
class Member:
    """A service `python -m preau.<name>` with its database; `workers` more processes with the role `worker`.

    `settings` are its own, beside those that every service gets; `{gateway}` and `{folder}` are filled in.
    """

    name: str
    workers: int = 0
    settings: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def database(self) -> str:
        return f"preau_{self.name}"


def broker_password(name: str) -> str:
    """Each user of the broker has another."""
    return f"deployment-under-test-of-{name}"


class Deployment:
    """Each process goes by its name: `deployment["billing"]`, `deployment["billing-worker-2"]`."""

    def __init__(
        self,
        folder: Path,
        members: Sequence[Member],
        *,
        gateway_settings: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.members = tuple(members)
        self.postgres = PostgresServer(folder / "postgres", durable=False, settings=POSTGRES_SETTINGS)
        self.rabbitmq = RabbitmqNode(folder / "rabbitmq", plugins=["rabbitmq_management"])
        self.databases: dict[str, ServiceDatabase] = {}
        self.audit_password = secrets.token_hex(16)
        self._gateway_settings = dict(gateway_settings or {})
        self._processes: dict[str, ProgramProcess] = {}

    def __getitem__(self, name: str) -> ProgramProcess:
        return self._processes[name]

    def __iter__(self) -> Iterator[ProgramProcess]:
        return iter(self._processes.values())

    @property
    def url(self) -> str:
        """Where the gateway answers."""
        return self["gateway"].url

    @property
    def database_urls(self) -> dict[str, str]:
        """The address of each service's database for the audit's role, by the service's name."""
        return {name: database.audit_url for name, database in self.databases.items()}

    def broker_url(self, name: str) -> str:
        """Where the service ``name`` reaches the broker, with the rights of its own user."""
        return self.rabbitmq.url_of(f"preau_{name}", broker_password(name))

    @property
    def operations_broker_url(self) -> str:
        """The same for what operators do."""
        return self.broker_url("operations")

    def operators_settings(self) -> dict[str, str]:
        """What `preau` needs to know to make the broker what it must be."""
        names = [*(member.name for member in self.members), "operations"]
        passwords = {f"broker_password_{name}": broker_password(name) for name in names}
        return {"broker_admin_url": self.rabbitmq.admin_url, **passwords}

    def set_up_broker(self) -> str:
        """Run the job that makes users, rights, queues and bindings; what it tells."""
        log = self.folder / "logs" / "broker-set-up.log"
        log.unlink(missing_ok=True)
        job = run_program(["preau.operations", "broker", "set-up"], self.operators_settings(), log=log)
        expect_success(job, log)
        return log.read_text()

    def start(self) -> None:
        """Start everything, migrated and with the demonstration; returns when all is ready (some 20 s)."""
        self.postgres.start()
        with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:  # leaves the thread's own loop
            for member in self.members:
                made = provision(self.postgres.url(), member.database, self._passwords())
                self.databases[member.name] = runner.run(made)
        logs = self.folder / "logs"
        logs.mkdir()
        migrations = [
            (run_program([f"preau.{member.name}", "migrate", "--with-demo-data"], settings, log=log), log)
            for member in self.members
            for log in [logs / f"{member.name}-migrate.log"]
            for settings in [self._migration_settings(member)]
        ]
        self.rabbitmq.start()
        self.set_up_broker()
        for migration, log in migrations:
            expect_success(migration, log)
        self._make_processes(logs)
        self.bring_up()

    def bring_up(self) -> None:
        """Start whatever does not run, and wait until all is ready."""
        self.postgres.start()
        self.rabbitmq.start()
        for process in self:
            if process.running and not wait_until(process.is_ready, RECOVERS_WITHIN_SECONDS):
                process.kill()  # stuck, or on its way out
            process.start()
        for process in self:
            process.wait_until_ready()

    def stop(self) -> None:
        """Kill everything: nobody needs the data any more."""
        for process in self:
            process.kill()
        self.rabbitmq.kill()
        self.rabbitmq.stop()
        self.postgres.stop()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _database_settings(self, member: Member) -> dict[str, str]:
        database = self.databases[member.name]
        return {
            "environment": "development",
            "log_level": "INFO",
            "log_format": "console",
            "database_url": database.url,
            "system_database_url": database.system_url,
            "database_pool_size": "5",
            "system_database_pool_size": "3",
            **PATIENT,
        }

    def _passwords(self) -> Passwords:
        return drawn_passwords()._replace(audit=self.audit_password)

    def _migration_settings(self, member: Member) -> dict[str, str]:
        return {
            **self._database_settings(member),
            "owner_database_url": self.databases[member.name].owner_url,
            "broker_url": "local:none",
        }

    def _make_processes(self, logs: Path) -> None:
        gateway = ProgramProcess("gateway", ["preau.gateway", "serve"], {}, folder=logs)
        jwks_url = ""
        for member in self.members:
            places = {"gateway": gateway.url, "folder": str(self.folder)}
            settings = {
                **self._database_settings(member),
                "broker_url": self.broker_url(member.name),
                "broker_management_url": self.rabbitmq.management_url,
                "public_url": gateway.url,
                "jwks_url": jwks_url,
                "gateway_key": GATEWAY_KEY,
                **{name: value.format(**places) for name, value in member.settings.items()},
            }
            service = ProgramProcess(member.name, [f"preau.{member.name}", "serve"], settings, folder=logs)
            self._processes[member.name] = service
            jwks_url = jwks_url or f"{service.url}/public/jwks"  # the first member publishes the keys
            gateway.settings[f"{member.name}_url"] = service.url
            for number in range(1, member.workers + 1):
                name = f"{member.name}-worker-{number}"
                self._processes[name] = ProgramProcess(
                    name, [f"preau.{member.name}", "worker"], settings, folder=logs
                )
        gateway.settings |= {
            "environment": "development",
            "public_url": gateway.url,
            "gateway_key": GATEWAY_KEY,
            **self._gateway_settings,
        }
        self._processes["gateway"] = gateway
