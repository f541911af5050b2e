"""The steps that make an academy, in order, and what follows its migrations. Rooms above register what they plant."""

from collections.abc import Callable

from academies.tenants.models import Academy

Step = Callable[[Academy], None]

# The domain comes last: an address that answers belongs to an academy that is whole.
ORDER = ("schema", "roles", "site", "owner", "domain")

_steps: dict[str, Step] = {}
_after_migration: list[Step] = []


def step(name: str) -> Callable[[Step], Step]:
    """Register what a step of provisioning does. It runs inside the academy and must tolerate running again."""
    if name not in ORDER:
        raise ValueError(f"{name} isn't a step of provisioning: add it to ORDER")

    def keep(work: Step) -> Step:
        _steps[name] = work
        return work

    return keep


def after_migration(work: Step) -> Step:
    """Register what an academy that exists needs after its migrations. It runs inside the academy, at each release."""
    _after_migration.append(work)
    return work


def finish_migration(academy: Academy) -> None:
    """Do what was registered, inside the academy."""
    for work in _after_migration:
        work(academy)


def handler(name: str) -> Step:
    return _steps[name]


def remaining(done: str) -> tuple[str, ...]:
    """Return the steps that are still to do behind the one that is done; all of them when none is."""
    return ORDER[ORDER.index(done) + 1 :] if done else ORDER
