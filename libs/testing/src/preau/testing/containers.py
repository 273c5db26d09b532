"""PostgreSQL and RabbitMQ in containers (Testcontainers), where a Docker engine answers."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from preau.common.embedded.process import EmbeddedServerFailed, wait_until
from preau.common.embedded.rabbitmq import READY_WITHIN_SECONDS, answers_amqp

POSTGRES_IMAGE = "postgres:17"
RABBITMQ_IMAGE = "rabbitmq:4-management"
FORGETFUL = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=400"


def engine_answers() -> bool:
    """Whether a Docker engine answers within 3 s."""
    try:
        import docker

        client = docker.from_env(timeout=3)
        try:
            return bool(client.ping())
        finally:
            client.close()
    except Exception:  # no package, no socket, no right to it: all mean no
        return False


@contextmanager
def postgres(_folder: Path) -> Generator[str]:
    """A container of PostgreSQL; yields the superuser's URL."""
    _clean_up_ourselves()
    from testcontainers.postgres import PostgresContainer

    container = PostgresContainer(
        POSTGRES_IMAGE,
        username="postgres",
        password="postgres",  # noqa: S106
        dbname="postgres",
        driver=None,
    ).with_command(FORGETFUL)
    with container as running:
        yield running.get_connection_url()


@contextmanager
def rabbitmq(_folder: Path) -> Generator[str]:
    """A container of RabbitMQ; yields the URL of a user with every right."""
    _clean_up_ourselves()
    from testcontainers.core.container import DockerContainer

    container = DockerContainer(RABBITMQ_IMAGE).with_exposed_ports(5672)
    container = container.with_env("RABBITMQ_DEFAULT_USER", "preau").with_env(
        "RABBITMQ_DEFAULT_PASS", "preau"
    )
    with container as running:
        host, port = running.get_container_host_ip(), running.get_exposed_port(5672)
        if not wait_until(lambda: answers_amqp(host, int(port)), READY_WITHIN_SECONDS):
            raise EmbeddedServerFailed(f"{RABBITMQ_IMAGE} was not ready after {READY_WITHIN_SECONDS:.0f} s")
        yield f"amqp://preau:preau@{host}:{port}/"


def _clean_up_ourselves() -> None:
    """Without Testcontainers' reaper, unless it is asked for: the keeper outlives the tests."""
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
