"""What a panel leaves behind in a saved notebook, and how it hears of news."""

import threading

import pytest
import traitlets
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from trackbook.ids import new_id
from trackbook.widgets.panel import Anchor, new_twin, show_panel
from trackbook.widgets.watch import Watch


@pytest.fixture
def shell():
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def test_a_panel_is_two_displays_its_picture_first(shell):
    twin = new_twin()
    with capture_output() as shown:
        show_panel(Anchor(twin=twin), twin, "<table></table>", "2 runs")
    picture, panel = (output.data for output in shown.outputs)
    assert f'data-trackbook-twin="{twin}"' in picture["text/html"]
    assert picture["text/plain"] == "2 runs"
    assert "application/vnd.jupyter.widget-view+json" in panel


def test_two_panels_of_one_page_have_pictures_of_their_own():
    assert new_twin() != new_twin()


class Hears(traitlets.HasTraits):
    def __init__(self):
        self.heard = threading.Event()

    def store_changed(self):
        self.heard.set()


def test_a_panel_hears_of_a_run_that_another_process_began(home):
    panel = Hears()
    watch = Watch(panel, home)
    home.event("run", run_id=new_id(), experiment="x", name="y", started_at=1.0)
    assert panel.heard.wait(30)
    watch.end()


def test_one_that_fails_to_follow_is_told_of_the_next_change_too(home):
    class Stumbles(Hears):
        times = 0

        def store_changed(self):
            self.times += 1
            if self.times == 1:
                home.event("run", run_id=new_id(), experiment="x", name="z", started_at=1.0)
                raise ValueError("not now")
            self.heard.set()

    panel = Stumbles()
    watch = Watch(panel, home)
    home.event("run", run_id=new_id(), experiment="x", name="y", started_at=1.0)
    while not panel.heard.wait(0.2):
        home.event("params", run_id=new_id(), params={"lr": 1})
        assert panel.times < 50
    watch.end()


def test_a_panel_that_is_gone_is_watched_no_more(home):
    panel = Hears()
    watch = Watch(panel, home)
    del panel
    watch._thread.join(30)
    assert not watch._thread.is_alive()
