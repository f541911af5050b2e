"""The steps that create an academy, in order, and work after its migrations. Apps above register their functions."""

from collections.abc import Callable

from academies.tenants.models import Academy

Step = Callable[[Academy], None]

# The domain comes last: a host is reachable only when its academy is complete.
ORDER = ("schema", "roles", "site", "owner", "domain")

_steps: dict[str, Step] = {}
_after_migration: list[Step] = []


def step(name: str) -> Callable[[Step], Step]:
    """Register the function of a step. It runs inside the academy and must be idempotent."""
    if name not in ORDER:
        raise ValueError(f"{name} isn't a step of provisioning: add it to ORDER")

    def decorator(function: Step) -> Step:
        _steps[name] = function
        return function

    return decorator


def after_migration(work: Step) -> Step:
    """Register a function to run inside each existing academy after its migrations."""
    _after_migration.append(work)
    return work


def finish_migration(academy: Academy) -> None:
    """Run the functions registered with `after_migration`."""
    for work in _after_migration:
        work(academy)


def handler(name: str) -> Step:
    return _steps[name]


def remaining(done: str) -> tuple[str, ...]:
    """Return the steps after `done`; all of them if it is empty."""
    return ORDER[ORDER.index(done) + 1 :] if done else ORDER
