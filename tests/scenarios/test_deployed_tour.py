"""The main job on the deployed shape: separate processes over RabbitMQ, three billing workers."""

import io
import re

import httpx2
from rich.console import Console

from preau.common.testing.deployment import Deployment
from preau.standalone.tour.itinerary import travel


def test_the_tour_passes(deployment: Deployment) -> None:
    told = io.StringIO()
    passed = travel(deployment.url, Console(file=told, width=200))
    print(told.getvalue())
    assert passed, told.getvalue()
