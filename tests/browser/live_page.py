"""A live panel in a page, as its user has it: what it shows of the loop, and the hand on it."""

from __future__ import annotations

from pages import cell_of, command, until, wait_idle

LOAD = "%load_ext trackbook\nimport math, random, time\nimport trackbook as tb"


def training(epochs=400, pause=0.08):
    """Return a cell that trains a net: three metrics, one knob, `pause` seconds an epoch."""
    return f"""%%track churn-net --live
from tqdm.auto import tqdm
random.seed(7)
w = 0.0
for epoch in tqdm(tb.loop(range({epochs})), total={epochs}, desc="epoch"):
    lr = tb.knob("lr", 0.02)
    w += lr * (1 - w)
    tb.log_metrics({{
        "loss": 1 - w + 0.05 * random.random(),
        "val_loss": 1.1 - w + max(0, epoch - 90) / 300 + 0.03 * random.random(),
        "accuracy": 0.5 + 0.45 * w,
    }})
    time.sleep({pause})
print("the rest of the cell")"""


def unasking(run):
    """Return a cell whose loop never asks whether it shall go on, and goes on for half an hour."""
    return f"""%%track {run} --live
for step in range(100_000):
    tb.log_metric("loss", 1 / (step + 1))
    time.sleep(0.02)"""


class LivePage:
    """The live panel of one cell of a page."""

    def __init__(self, page, index):
        self.page, self.cell = page, cell_of(page, index)
        self.node = self.cell.locator(".tb-Live")
        self.head = self.node.locator(".tb-LiveHead")
        self.state = self.node.locator(".tb-LiveState")
        self.stop = self.node.locator(".tb-LiveStop")
        self.hint = self.node.locator(".tb-LiveHint")
        self.notice = self.node.locator(".tb-Notice")
        self.canvas = self.node.locator("canvas").first
        self.legend = self.node.locator(".tb-LiveLegend").first
        self.choices = self.node.locator(".tb-LiveChoice summary")
        self.node.wait_for()

    def count(self):
        """Return the steps done, as the head says it: `epoch 12 of 400`."""
        words = self.head.inner_text().replace("\u202f", "").split(" of ")[0]
        return int(words.split()[-1]) if " " in words and words.split()[-1].isdigit() else 0

    def names(self):
        """Return the metrics that are drawn."""
        return self.node.locator(".tb-LiveName").all_inner_texts()

    def ink(self):
        """Return how many pixels of the first chart are drawn."""
        return self.canvas.evaluate(
            """canvas => {
                const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
                let count = 0;
                for (let at = 3; at < data.length; at += 4) if (data[at] > 0) count += 1;
                return count;
            }"""
        )

    def output(self):
        """Return what stands below the cell."""
        return self.cell.locator(".jp-OutputArea").inner_text()

    def knob(self, name):
        return self.node.get_by_label(f"value of {name}")

    def turn(self, name, value):
        """Give a knob a value, by the keyboard."""
        self.knob(name).fill(value)
        self.knob(name).press("Enter")

    def until(self, question, what="it"):
        """Wait until a question about the panel is answered with yes."""
        until(self.page, question, what, lambda: f"the panel says: {self.node.inner_text()[:1500]}", seconds=60)

    def steps(self, count):
        """Wait until so many steps more are done."""
        early = self.count()
        self.until(lambda: self.count() >= early + count, f"{count} steps more than {early}")

    def says(self, text, where=None):
        """Wait until the panel, or a part of it, says so."""
        (self.node if where is None else where).filter(has_text=text).wait_for()

    def hears(self):
        """Tell whether a click can be heard while the cell runs; the panel knows within a few seconds."""
        self.node.locator(".tb-LiveStop:enabled, .tb-LiveHint:visible").first.wait_for()
        return self.stop.is_enabled()

    def interrupt(self):
        """End the cell by the front end's own command."""
        command(self.page, "notebook:interrupt-kernel")
        wait_idle(self.page)
