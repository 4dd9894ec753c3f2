"""A kernel that the server itself started: its tracked cells are found by the notebook's path, also in the middle."""

from __future__ import annotations

import json
import time

import pytest

jupyter_client = pytest.importorskip("jupyter_client")

CELL = "%%track {name}\nimport time\nimport trackbook as tb\nfor step in tb.loop(range({steps})):\n    tb.log_metric('loss', 1 / (step + 1))\n    time.sleep(0.05)"


@pytest.fixture
def kernel(server, place):
    """A session of a notebook in the place's folder; gives a function that executes a cell, without waiting."""
    body = {
        "path": f"{place.name}/study.ipynb",
        "name": "study.ipynb",
        "type": "notebook",
        "kernel": {"name": "python3"},
    }
    headers = {"Authorization": f"token {server.token}"}
    answer = server.raw("POST", "api/sessions", json.dumps(body).encode(), headers, api="")
    assert answer.status == 201, answer
    made = json.loads(answer.body)
    runtime = server.log.parent / "jupyter_runtime_dir" / f"kernel-{made['kernel']['id']}.json"
    client = jupyter_client.BlockingKernelClient(connection_file=str(runtime))
    client.load_connection_file()
    client.start_channels()
    deadline = time.monotonic() + 60
    while True:
        try:
            client.wait_for_ready(timeout=60)
            break
        except RuntimeError:  # no heartbeat yet, which it takes for death
            assert time.monotonic() < deadline

    def execute(code, cell_id, *, wait=True):
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {},
                   "allow_stdin": False, "stop_on_error": True}  # fmt: skip
        message = client.session.msg("execute_request", content, metadata={"cellId": cell_id})
        client.shell_channel.send(message)
        if wait:
            while client.get_shell_msg(timeout=60)["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                pass

    yield execute
    client.stop_channels()
    server.raw("DELETE", f"api/sessions/{made['id']}", None, headers, api="")


def test_a_cell_of_a_notebook_is_found_with_its_attempts(server, place, kernel):
    kernel("%load_ext trackbook", "first")
    for name in ("one", "two"):
        kernel(CELL.format(name=name, steps=3), "cell-7")
    notebook = f"{place.name}/study.ipynb"
    assert server.get("stores", notebook=notebook)["current"]["path"] == f"{place.name}/trackbook.duckdb"
    (cell,) = server.get("cells", notebook=notebook)["cells"]
    assert cell["cellId"] == "cell-7"
    assert [run["name"] for run in cell["attempts"]] == ["two", "one"]
    newest = cell["attempts"][0]
    assert newest["notebook"] == notebook
    assert newest["metric"]["name"] == "loss"
    assert newest["metric"]["cell"]["d"] == "="
    code = server.get(f"runs/{newest['id']}/code", store=f"{place.name}/trackbook.duckdb")
    assert code["cellId"] == "cell-7"
    assert "tb.log_metric('loss'" in code["code"]


def test_a_cell_is_stopped_while_its_kernel_is_busy(server, place, store, kernel):
    kernel("%load_ext trackbook", "first")
    kernel(CELL.format(name="long", steps=2000), "cell-8", wait=False)
    deadline = time.monotonic() + 60
    while not (runs := [run for run in server.get("runs", store=store)["runs"] if run["status"] == "RUNNING"]):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    (run,) = runs
    assert run["took"] is None
    while server.get(f"runs/{run['id']}/control", store=store)["done"] < 2:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    server.post("runs/change", store=store, ids=[run["id"]], deed="stop")
    while server.get(f"runs/{run['id']}", store=store)["status"] == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.2)
    line = server.get(f"runs/{run['id']}", store=store)
    assert (line["status"], [badge["text"] for badge in line["badges"]]) == ("FINISHED", ["stopped"])
