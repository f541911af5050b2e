"""`manage.py test` and the files that a demo may delete."""

from pathlib import Path

import pytest

from lyceum import demo, suite
from lyceum.embedded import changes
from lyceum.embedded.errors import CannotStart


@pytest.mark.parametrize("argv", [[], ["-x"], ["tests/house"], ["tests/a_test.py", "tests/b_test.py"]])
def test_the_suite_runs_on_two_workers(argv: list[str]) -> None:
    assert suite.workers(argv) == ["-n", "2"]


@pytest.mark.parametrize(
    "argv", [["-n", "4"], ["-n0"], ["-p", "no:xdist"], ["tests/a_test.py"], ["a.py::test_b"], ["--pdb"]]
)
def test_one_file_and_a_callers_choice_are_respected(argv: list[str]) -> None:
    assert suite.workers(argv) == []


def test_a_folder_that_the_demo_did_not_make_is_never_deleted(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("four years of work")

    with pytest.raises(CannotStart, match="not made by the demo"):
        demo.reset(tmp_path)

    assert (tmp_path / "thesis.txt").exists()


def test_a_demo_folder_is_emptied(tmp_path: Path) -> None:
    (tmp_path / demo.MARKER).touch()
    (tmp_path / "media").mkdir()
    (tmp_path / "secret_key").write_text("x")

    demo.reset(tmp_path)

    assert [entry.name for entry in tmp_path.iterdir()] == [demo.MARKER]


def test_a_changed_python_file_is_noticed_once(tmp_path: Path) -> None:
    (tmp_path / "views.py").write_text("one")
    watch = changes.Watch(tmp_path)

    (tmp_path / "views.py").write_text("two")
    (tmp_path / "rules.py").write_text("three")

    assert watch.changed()
    assert not watch.changed()
