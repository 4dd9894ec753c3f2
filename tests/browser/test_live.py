"""The live panel in a real JupyterLab: curves that grow, a hand on the loop, and what a saved notebook keeps."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest

PICTURES = Path(__file__).parent / "pictures"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
RUN_CELL = """(index) => {
    const panel = window.jupyterapp.shell.currentWidget;
    panel.content.deselectAll();
    panel.content.activeCellIndex = index;
    window.ran = false;
    window.jupyterapp.commands.execute('notebook:run-cell').then(() => { window.ran = true; });
}"""
READY = """async () => {
    const widget = window.jupyterapp.shell.currentWidget;
    await widget.context.ready; await widget.sessionContext.ready; await widget.sessionContext.session.kernel.info;
}"""
IDLE = "() => window.ran && window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
SAVE = "() => { window.saved = false; window.jupyterapp.commands.execute('docmanager:save').then(() => { window.saved = true; }); }"
SHUT_DOWN = "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()"
COMMAND = "([name, args]) => { window.jupyterapp.commands.execute(name, args); }"
LOAD = "%load_ext trackbook\nimport math, random, time\nimport trackbook as tb"
TRAIN = """%%track churn-net --live
from tqdm.auto import tqdm
random.seed(7)
w = 0.0
for epoch in tqdm(tb.loop(range(400)), total=400, desc="epoch"):
    lr = tb.knob("lr", 0.02)
    w += lr * (1 - w)
    tb.log_metrics({
        "loss": 1 - w + 0.05 * random.random(),
        "val_loss": 1.1 - w + max(0, epoch - 90) / 300 + 0.03 * random.random(),
        "accuracy": 0.5 + 0.45 * w,
    })
    time.sleep(0.08)
print("the rest of the cell")"""
WITHOUT_ASKING = """%%track endless --live
for step in range(100_000):
    tb.log_metric("loss", 1 / (step + 1))
    time.sleep(0.02)"""
EARLIER = """for seed in range(4):
    with tb.start_run(f"earlier {seed}", experiment="live"):
        for step in range(200):
            tb.log_metrics({"loss": math.exp(-step / (50 + 10 * seed)), "val_loss": 0.15 + math.exp(-step / (50 + 10 * seed)), "accuracy": 0.95 - 0.45 * math.exp(-step / (60 + 10 * seed))})"""
EVIL = """%%track "<img src=x onerror=window.evil=1>" --live
for epoch in tb.loop(range(3)):
    tb.knob("<img src=x onerror=window.evil=2>", "<img src=x onerror=window.evil=3>")
    tb.log_metric("<img src=x onerror=window.evil=4>", float("nan"))
    for number in range(300):
        tb.log_metric(f"m{number:03}", epoch)
    time.sleep(0.7)"""


class Panel:
    """A live panel as its user has it."""

    def __init__(self, page, node):
        self.page, self.node = page, node
        self.stop = node.locator(".tb-LiveStop")
        self.state = node.locator(".tb-LiveState")
        self.notice = node.locator(".tb-Notice")
        self.knob = node.locator(".tb-LiveKnob input")

    def until(self, locator, text):
        locator.filter(has_text=text).wait_for()

    def count(self):
        """Steps done, as the head says it: `epoch 12 of 400`."""
        words = self.node.locator(".tb-LiveHead").inner_text().replace("\u202f", "").split(" of ")[0]
        return int(words.split()[-1]) if " " in words and words.split()[-1].isdigit() else 0

    def ink(self):
        """How many pixels of the first chart are drawn."""
        return self.node.locator("canvas").first.evaluate(
            """canvas => {
                const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
                let count = 0;
                for (let at = 3; at < data.length; at += 4) if (data[at] > 0) count += 1;
                return count;
            }"""
        )


@pytest.fixture
def notebook(lab):
    """Write a notebook with these cells, in a folder and with a store of its own."""

    def write(folder, *cells):
        place = lab.root / folder
        place.mkdir(exist_ok=True)
        made = [nbformat.v4.new_code_cell(source, id=f"cell{at}") for at, source in enumerate(cells)]
        nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": KERNEL}), place / f"{folder}.ipynb")
        return f"{folder}/{folder}.ipynb"

    return write


def run_cell(page, index):
    page.evaluate(RUN_CELL, index)
    page.wait_for_function(IDLE)


def panel_of(page, index):
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(index)
    cell.locator(".tb-Live").wait_for()
    return Panel(page, cell.locator(".tb-Live"))


def wait_until(page, happened, milliseconds=60_000):
    for _ in range(milliseconds // 100):
        if happened():
            return
        page.wait_for_timeout(100)
    pytest.fail("it never happened")


def test_curves_grow_while_the_cell_runs_and_a_click_stops_the_loop(notebook, open_notebook):
    page = open_notebook(notebook("live", LOAD, EARLIER, TRAIN))
    run_cell(page, 0)
    run_cell(page, 1)
    page.evaluate(RUN_CELL, 2)
    panel = panel_of(page, 2)
    panel.until(panel.state, "running")
    wait_until(page, lambda: panel.count() > 5)
    early = panel.count()
    wait_until(page, lambda: panel.count() > early + 20)
    assert panel.ink() > 500
    assert "epoch" in panel.node.locator(".tb-LiveHead").inner_text()
    assert "CPU" in panel.node.locator(".tb-LiveFoot").inner_text()
    assert panel.node.locator(".tb-LiveName").all_inner_texts() == ["loss", "val_loss", "accuracy"]

    if not heard(panel):  # an ipykernel that cannot hear a click while a cell runs says what works
        assert panel.stop.is_disabled()
        assert "trackbook stop" in panel.node.locator(".tb-LiveHint").inner_text()
        page.evaluate(COMMAND, ["notebook:interrupt-kernel", {}])
        page.wait_for_function(IDLE)
        return
    panel.knob.fill("0.05")
    panel.knob.press("Enter")
    panel.until(panel.notice, "lr is 0.05 from the next step on")
    assert panel.stop.inner_text() == "Stop after this step"
    wait_until(page, lambda: panel.count() > 150)
    picture(page, panel)
    panel.stop.click()
    page.wait_for_function(IDLE)
    panel.until(panel.state, "stopped as asked")
    outputs = page.locator(".jp-CodeCell").nth(2).locator(".jp-OutputArea").inner_text()
    assert "the rest of the cell" in outputs
    assert 150 < panel.count() < 400
    assert panel.stop.is_hidden()


def heard(panel):
    """Whether a click can be heard while the cell runs; the panel knows within a few seconds."""
    panel.node.locator(".tb-LiveStop:enabled, .tb-LiveHint:visible").first.wait_for()
    return panel.stop.is_enabled()


def picture(page, panel):
    if not os.environ.get("TRACKBOOK_PICTURES"):
        return
    page.set_viewport_size({"width": 1180, "height": 1100})
    wait_until(page, lambda: "has not improved" in panel.node.inner_text())
    for theme in ("Dark", "Light"):
        page.evaluate(COMMAND, ["apputils:change-theme", {"theme": f"JupyterLab {theme}"}])
        page.locator(f"body[data-jp-theme-name='JupyterLab {theme}']").wait_for(state="attached")
        page.wait_for_timeout(700)
        name = "live.png" if theme == "Light" else "live_dark.png"
        page.locator(".jp-Notebook .jp-CodeCell").nth(2).screenshot(path=PICTURES / name)


def test_a_loop_that_never_asks_is_interrupted(notebook, open_notebook):
    page = open_notebook(notebook("endless", LOAD, WITHOUT_ASKING))
    run_cell(page, 0)
    page.evaluate(RUN_CELL, 1)
    panel = panel_of(page, 1)
    if not heard(panel):
        page.evaluate(COMMAND, ["notebook:interrupt-kernel", {}])
        page.wait_for_function(IDLE)
        return
    assert panel.stop.inner_text() == "Interrupt"
    panel.stop.click()
    page.wait_for_function(IDLE)
    panel.until(panel.state, "interrupted")
    assert "KeyboardInterrupt" in page.locator(".jp-CodeCell").nth(1).locator(".jp-OutputArea").inner_text()


def test_another_notebook_sees_the_run_and_stops_it(notebook, open_notebook, lab):
    page = open_notebook(notebook("watched", LOAD, TRAIN))
    run_cell(page, 0)
    page.evaluate(RUN_CELL, 1)
    panel_of(page, 1)
    other = lab.root / "watched" / "other.ipynb"
    cells = [nbformat.v4.new_code_cell(source, id=f"other{at}") for at, source in enumerate((LOAD, "tb.live()"))]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), other)
    second = page.context.new_page()
    second.goto(f"{lab.url}/lab/workspaces/second/tree/watched/other.ipynb?token={lab.token}&reset")
    second.wait_for_selector(".jp-NotebookPanel .jp-Cell")
    second.evaluate(READY)
    run_cell(second, 0)
    run_cell(second, 1)
    watching = panel_of(second, 1)
    watching.until(watching.state, "running")
    early = watching.count()
    wait_until(second, lambda: watching.count() > early)
    watching.stop.click()
    watching.until(watching.state, "stopped as asked")
    page.wait_for_function(IDLE)


def test_the_saved_notebook_shows_the_picture_without_a_kernel_and_the_kernel_the_panel(notebook, open_notebook):
    short = TRAIN.replace("400", "30")
    name = notebook("saved", LOAD, short, 'tb.live("churn-net")')
    page = open_notebook(name)
    run_cell(page, 0)
    run_cell(page, 1)
    panel = panel_of(page, 1)
    panel.until(panel.state, "finished")
    twin = page.locator("[data-trackbook-twin]")
    assert twin.count() == 1
    assert not twin.first.is_visible()
    page.evaluate(SAVE)
    page.wait_for_function("() => window.saved")
    page.evaluate(SHUT_DOWN)

    page = open_notebook(name)
    page.evaluate(SHUT_DOWN)
    picture = page.locator("[data-trackbook-twin]").first
    picture.wait_for()
    assert "churn-net · finished" in picture.inner_text()
    assert picture.locator("svg polyline").count() == 3
    assert page.locator(".tb-Live").count() == 0


def test_a_restarted_kernel_shows_the_run_from_the_store(notebook, open_notebook):
    page = open_notebook(notebook("again", LOAD, TRAIN.replace("400", "20"), 'tb.live("churn-net")'))
    run_cell(page, 0)
    run_cell(page, 1)
    page.evaluate(
        "() => { window.ran = false; window.jupyterapp.shell.currentWidget.sessionContext.restartKernel().then(() => { window.ran = true; }); }"
    )
    page.wait_for_function(IDLE)
    run_cell(page, 0)
    run_cell(page, 2)
    panel = panel_of(page, 2)
    panel.until(panel.state, "finished")
    wait_until(page, lambda: panel.ink() > 500)


def test_pointer_keys_log_axis_and_choice(notebook, open_notebook):
    page = open_notebook(notebook("hover", LOAD, TRAIN.replace("400", "40")))
    run_cell(page, 0)
    run_cell(page, 1)
    panel = panel_of(page, 1)
    canvas = panel.node.locator("canvas").first
    canvas.hover()
    legend = panel.node.locator(".tb-LiveLegend").first
    panel.until(legend, "at step")
    page.mouse.move(0, 0)
    canvas.focus()
    page.keyboard.press("ArrowLeft")
    panel.until(legend, "at step 39")
    page.keyboard.press("ArrowLeft")
    panel.until(legend, "at step 38")
    page.keyboard.press("Escape")
    wait_until(page, lambda: "at step" not in legend.inner_text())
    before = panel.ink()
    panel.node.get_by_label("log y").check()
    wait_until(page, lambda: panel.ink() != before)
    panel.node.locator(".tb-LiveChoice summary").click()
    panel.node.get_by_label("accuracy", exact=True).uncheck()
    wait_until(page, lambda: "accuracy" not in panel.node.locator(".tb-LiveName").all_inner_texts())
    assert "loss" in panel.node.locator(".tb-LiveName").all_inner_texts()


def test_names_with_markup_are_text_and_many_metrics_are_a_choice(notebook, open_notebook):
    page = open_notebook(notebook("evil", LOAD, EVIL))
    run_cell(page, 0)
    page.evaluate(RUN_CELL, 1)
    panel = panel_of(page, 1)
    page.wait_for_function(IDLE)
    panel.until(panel.state, "finished")
    assert "<img src=x onerror=window.evil=1>" in panel.node.inner_text()
    assert "has only NaN so far" in panel.node.inner_text()
    assert panel.node.locator("canvas").count() == 24
    assert "24 of 301" in panel.node.locator(".tb-LiveChoice summary").inner_text()
    panel.node.locator(".tb-LiveChoice summary").click()
    panel.node.locator(".tb-LiveChoice input[type=search]").fill("m299")
    panel.node.get_by_label("m299", exact=True).check()
    panel.node.locator("[data-chart='m299']").wait_for()
    assert page.evaluate("() => window.evil") is None


def test_without_a_run_the_panel_says_what_to_do(notebook, open_notebook):
    page = open_notebook(notebook("empty", LOAD, "tb.live()"))
    run_cell(page, 0)
    run_cell(page, 1)
    panel = panel_of(page, 1)
    panel.until(panel.node, "%%track --live")
