"""The cast: who owns, who edits, who teaches, who learns, who is a stranger. Made in the academy of the test."""

import pytest

from academies.people import actions
from academies.people.models import User

PASSWORD = "Lyceum-demo-1"


def person(full_name: str, role: str) -> User:
    """Make somebody with a role in the current academy; their e-mail is their first name at north.example."""
    made = User.objects.create_user(f"{full_name.split()[0].lower()}@north.example", PASSWORD, full_name=full_name)
    actions.give_role(person=made, role=role)
    return made


@pytest.fixture
def owner(north) -> User:
    return person("Olga Owner", "Owner")


@pytest.fixture
def editor(north) -> User:
    return person("Edda Editor", "Editor")


@pytest.fixture
def teacher(north) -> User:
    return person("Theo Teacher", "Teacher")


@pytest.fixture
def finance(north) -> User:
    return person("Fina Finance", "Finance")


@pytest.fixture
def desk(north) -> User:
    return person("Dora Desk", "Front desk")


@pytest.fixture
def learner(north) -> User:
    return person("Lena Learner", "Learner")


@pytest.fixture
def stranger(north) -> User:
    """Signed in, but with nothing bought and no role beyond a learner's."""
    return person("Stan Stranger", "Learner")
