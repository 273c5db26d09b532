"""The private RabbitMQ node, on real processes: crashes, and a killed parent."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import aio_pika
import pytest

from preau.common.embedded.process import wait_until
from preau.common.embedded.rabbitmq import RabbitmqNode, answers_amqp
from preau.testing.infrastructure import installed
from preau.testing.packages import install
from preau.testing.scratch import scratch_folder

pytestmark = pytest.mark.fault

PARENT = """
    import sys, time
    from pathlib import Path
    from preau.common.embedded.rabbitmq import RabbitmqNode
    node = RabbitmqNode(Path(sys.argv[1]))
    node.start()
    print(node.pid, node.epmd_pid, node.port, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    if not installed("rabbitmq"):
        install(["rabbitmq"])
    with scratch_folder() as place:
        yield place / "rabbitmq"


async def test_a_killed_node_comes_back_on_its_port_with_its_messages(folder: Path) -> None:
    with RabbitmqNode(folder) as node:
        port, epmd = node.port, node.epmd_pid
        async with await aio_pika.connect(node.url) as connection, connection.channel() as channel:
            queue = await declare(channel)
            await channel.default_exchange.publish(
                aio_pika.Message(b"Bonjour", delivery_mode=aio_pika.DeliveryMode.PERSISTENT), queue.name
            )
            time.sleep(1.5)  # noqa: ASYNC251  until RabbitMQ has written its list of queues, see kill()
            node.kill()
        assert not node.running
        assert not answers_amqp("127.0.0.1", port)
        node.start()
        assert (node.port, node.epmd_pid) == (port, epmd)
        async with await aio_pika.connect(node.url) as connection, connection.channel() as channel:
            message = await (await declare(channel)).get(timeout=10)
            assert message.body == b"Bonjour"
            await message.ack()


def start_in_a_killed_parent(folder: Path) -> tuple[int, int, int]:
    """The pids of node and epmd, and the AMQP port."""
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PARENT), str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    node, epmd, port = (int(word) for word in parent.stdout.readline().split())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    return node, epmd, port


async def test_nothing_is_left_of_a_killed_parent_nor_of_a_stopped_node(folder: Path) -> None:
    node, epmd, port = start_in_a_killed_parent(folder)
    try:
        assert wait_until(lambda: is_gone(node) and is_gone(epmd), 5)
    finally:
        for pid in (node, epmd):
            if not is_gone(pid):
                os.kill(pid, signal.SIGKILL)
    assert not answers_amqp("127.0.0.1", port)

    with RabbitmqNode(folder) as again:
        pids = (again.pid, again.epmd_pid)
        async with await aio_pika.connect(again.url) as connection:
            assert not connection.is_closed
    assert all(pid is not None and is_gone(pid) for pid in pids)


async def declare(channel: aio_pika.abc.AbstractChannel) -> aio_pika.abc.AbstractQueue:
    return await channel.declare_queue("kept", durable=True, arguments={"x-queue-type": "quorum"})


def is_gone(pid: int) -> bool:
    try:
        return "Z (zombie)" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True
