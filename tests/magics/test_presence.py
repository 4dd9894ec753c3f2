"""A front end asks a kernel whether it tracks, as JupyterLab's status bar does."""

from __future__ import annotations


def _listed(notebook):
    """Ask as a front end does: by message, and not by running code."""
    client = notebook.kernel.client
    asked = client.comm_info()
    while True:
        reply = client.get_shell_msg(timeout=60)
        if reply["parent_header"].get("msg_id") == asked:
            return {comm["target_name"] for comm in reply["content"]["comms"].values()} & {
                "trackbook",
                "trackbook.every-cell",
            }


def test_a_kernel_says_whether_it_tracks_and_whether_every_cell(open_notebook):
    notebook = open_notebook(load=False)
    assert _listed(notebook) == set()
    notebook.cell("%load_ext trackbook")
    assert _listed(notebook) == {"trackbook"}
    notebook.cell("%track on")
    assert _listed(notebook) == {"trackbook", "trackbook.every-cell"}
    notebook.cell("%track off")
    assert _listed(notebook) == {"trackbook"}
    notebook.cell("%track on\n%unload_ext trackbook")
    assert _listed(notebook) == set()


def test_being_seen_sends_nothing_to_a_front_end_that_does_not_know_us(open_notebook):
    notebook = open_notebook(load=False)
    loaded = notebook.cell("%load_ext trackbook\n%track on")
    unloaded = notebook.cell("%unload_ext trackbook")
    assert [kind for kind, _ in loaded.messages + unloaded.messages if kind.startswith("comm_")] == []
