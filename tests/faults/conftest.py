"""One deployment for the whole run; every test begins and ends with it healthy."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lyceum import ROOT
from tests.faults.deployment import Deployment, deploy

FOLDER = ROOT / ".test" / "faults"
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.faults)


@pytest.fixture(scope="session")
def _deployed() -> Iterator[Deployment]:
    if sys.platform != "linux":
        pytest.skip("faults are done by /proc: Linux only")
    with deploy(FOLDER) as deployment:
        yield deployment


@pytest.fixture
def deployment(_deployed: Deployment) -> Iterator[Deployment]:
    """The running deployment: healthy when the test begins, and healed when it ends."""
    _deployed.settle()
    yield _deployed
    _deployed.settle()


@pytest.fixture
def worker(deployment: Deployment) -> Iterator[Deployment]:
    """The deployment with a Celery worker."""
    deployment.start_worker()
    yield deployment
    deployment.worker.stop()


@pytest.fixture
def clock(worker: Deployment) -> Iterator[Deployment]:
    """The deployment with a worker and the clock that sends it its tasks."""
    worker.start_clock()
    yield worker
    worker.clock.stop()
