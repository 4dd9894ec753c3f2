"""The tracked cells of a notebook with their last attempts, as badges need them."""

from __future__ import annotations

import time

import pytest

import trackbook as tb
from trackbook.ids import new_id
from trackbook.records import EndedBy, RunStart, RunStatus
from trackbook.tracking.start import begin_run, current_store


@pytest.fixture
def attempt(place):
    """Run a cell of a notebook once, as the recorder writes it down."""

    def attempt(number, cell="one", *, notebook="study.ipynb", code="fit()", error="", **metrics):
        run = begin_run(
            current_store(),
            RunStart(
                run_id=new_id(), experiment="study", name=f"{cell}-{number}", started_at=time.time(),
                notebook=notebook, cell_id=f"id-{cell}", cell_key=f"key-{cell}", attempt=number, code=code,
            ),
        )  # fmt: skip
        for name, value in metrics.items():
            run.log_metric(name, value)
        run.end(RunStatus.FAILED if error else RunStatus.FINISHED, EndedBy.ERROR if error else EndedBy.CELL,
                error=error)  # fmt: skip
        return run

    return attempt


@pytest.fixture
def cells(server, place):
    def cells(notebook="study.ipynb"):
        return server.get("cells", notebook=f"{place.name}/{notebook}")["cells"]

    return cells


def test_a_cell_has_its_last_five_attempts_newest_first(cells, attempt):
    for number in range(1, 8):
        attempt(number, accuracy=0.8 + number / 100)
    attempt(1, "two", accuracy=0.5)
    two, one = cells()
    assert (one["cellId"], one["cellKey"]) == ("id-one", "key-one")
    assert [run["attempt"] for run in one["attempts"]] == [7, 6, 5, 4, 3]
    assert len(two["attempts"]) == 1


def test_an_attempt_says_what_changed_since_the_one_before(cells, attempt):
    attempt(1, accuracy=0.90)
    attempt(2, accuracy=0.92)
    ((newest, first),) = [cell["attempts"] for cell in cells()]
    assert newest["metric"]["cell"] | {"h": ""} == {"t": "0.920", "h": "", "c": "good", "d": "+0.02", "a": 1}
    assert "d" not in first["metric"]["cell"]


def test_an_attempt_is_compared_with_the_one_before_its_notebook_was_renamed(cells, attempt):
    attempt(1, accuracy=0.90)
    attempt(1, "other", accuracy=0.10)
    attempt(2, notebook="renamed.ipynb", accuracy=0.92)
    ((newest,),) = [cell["attempts"] for cell in cells("renamed.ipynb")]
    assert newest["metric"]["cell"]["d"] == "+0.02"


def test_a_deleted_attempt_is_not_compared_with(cells, attempt):
    attempt(1, accuracy=0.90)
    tb.get_run(attempt(2, accuracy=0.10).run_id)
    from trackbook.store import delete_run, find_run

    delete_run(current_store(), find_run(current_store(), "last").run_id, actor="ana")
    attempt(3, accuracy=0.92)
    ((newest, _),) = [cell["attempts"] for cell in cells()]
    assert newest["metric"]["cell"]["d"] == "+0.02"


def test_a_run_knows_its_notebook_from_the_servers_root(cells, attempt, place):
    attempt(1)
    ((run,),) = [cell["attempts"] for cell in cells()]
    assert run["notebook"] == f"{place.name}/study.ipynb"


def test_a_notebook_outside_the_root_is_not_named(server, store, attempt):
    attempt(1, notebook="/elsewhere/secret.ipynb")
    (run,) = server.get("runs", store=store)["runs"]
    assert run["notebook"] == ""


def test_another_notebook_has_none_of_these_cells(cells, attempt):
    attempt(1)
    assert cells("other.ipynb") == []


def test_a_failed_attempt_says_the_last_line_of_its_error(cells, attempt):
    attempt(1, error="ValueError: no rows\x1b[0m")
    ((run,),) = [cell["attempts"] for cell in cells()]
    assert (run["status"], run["error"]) == ("FAILED", "ValueError: no rows")


def test_badges_say_what_to_beware_of_in_the_cards_words(server, store, attempt):
    run = attempt(1, code='api_key = "sk-live-0123456789abcdef0123456789"\nfit()')
    run.store.event(
        "git", run_id=run.run_id, digest="a" * 64, commit="b" * 40, branch="main", remote="", edits=3, patch="+ x",
        patch_cut=True,
    )  # fmt: skip
    (line,) = server.get("runs", store=store)["runs"]
    assert {badge["text"]: badge["hover"] for badge in line["badges"]} == {
        "uncommitted": "uncommitted code: 3 files changed; the beginning of the patch is kept with the run",
        "secret?": "the code seems to hold a secret (line 1) and is kept as it is; read secrets from os.environ or a file",
    }


def test_a_clean_run_has_no_badges(server, store, attempt):
    attempt(1)
    (line,) = server.get("runs", store=store)["runs"]
    assert line["badges"] == []


def test_a_cell_is_known_by_the_code_of_its_newest_attempt(cells, attempt):
    attempt(1, code="lr = 0.2\naccuracy")
    attempt(2, code="lr = 0.1\naccuracy")
    assert [cell["code"] for cell in cells()] == ["e-916ee9e2"]


def test_a_notebook_that_was_moved_is_told_with_the_ids_of_its_cells(server, store, attempt, place):
    attempt(1)
    attempt(1, "two")
    attempt(1, notebook="there.ipynb")
    attempt(1, notebook="/elsewhere/secret.ipynb")
    for name in ("study.ipynb", "there.ipynb"):
        (place / name).write_text("{}")

    def gone():
        found = server.get("cells/gone", store=store)["notebooks"]
        return [(each["notebook"], sorted(each["cellIds"])) for each in found]

    assert gone() == []
    (place / "study.ipynb").rename(place / "renamed.ipynb")
    assert gone() == [(f"{place.name}/study.ipynb", ["id-one", "id-two"])]
