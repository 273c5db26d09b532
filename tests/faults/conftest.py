"""What every fault test needs: a tour under way, a random moment that can be had again, and the audit."""

import os
import random

import pytest


@pytest.fixture
def rng() -> random.Random:
    """Random moments; PREAU_FAULT_SEED gives those of a failed run again."""
    seed = int(os.environ.get("PREAU_FAULT_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)
    print(f"PREAU_FAULT_SEED={seed}")
    return random.Random(seed)  # noqa: S311 - moments, not secrets
