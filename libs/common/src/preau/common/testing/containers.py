"""PostgreSQL and RabbitMQ in containers (Testcontainers), where a Docker engine answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
def postgres(_folder: Path) -> Iterator[str]:
    """A container of PostgreSQL; yields the superuser's URL."""
    from testcontainers.postgres import PostgresContainer

    container = PostgresContainer(
        POSTGRES_IMAGE, username="postgres", password="postgres", dbname="postgres", driver=None
    ).with_command(FORGETFUL)
    with container as running:
        yield running.get_connection_url()


@contextmanager
def rabbitmq(_folder: Path) -> Iterator[str]:
    """A container of RabbitMQ; yields the URL of a user with every right."""
    from testcontainers.rabbitmq import RabbitMqContainer

    with RabbitMqContainer(RABBITMQ_IMAGE) as running:
        host = running.get_container_host_ip()
        yield f"amqp://guest:guest@{host}:{running.get_exposed_port(5672)}/"
