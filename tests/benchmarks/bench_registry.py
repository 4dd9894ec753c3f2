"""The registry browser of 200 models × 50 versions in a real JupyterLab: first paint, and what a click does."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Any

import numpy as np
from jupyter_page import CHROMIUM, notebook_page, run_cell
from sklearn.linear_model import LogisticRegression
from table import Row, at_most, median_of, shown

import trackbook as tb
from trackbook.store.audit import entry_hash
from trackbook.tracking.start import current_store
from trackbook.widgets.registry.shown import Shown

if TYPE_CHECKING:
    from pathlib import Path

_MODELS, _VERSIONS, _RUNS = 200, 50, 40
_CELLS = (
    "%load_ext trackbook\nimport trackbook as tb",
    "warm = tb.run_table(height=100)\nwarm",  # the page has drawn a panel of ours before
    "tb.registry()",
)
_WHEN = """(done) => new Promise((resolve, reject) => {
    const deadline = performance.now() + 60000;
    const look = () => {
        const node = document.querySelector('.tb-Registry');
        if (node && done(node)) requestAnimationFrame(() => resolve(performance.now() - window.began));
        else if (performance.now() > deadline) reject(new Error('it never came'));
        else requestAnimationFrame(look);
    };
    look();
})"""
_PAINT = f"""() => ({_WHEN})((node) => node.querySelectorAll('.tb-Models .tb-Line').length > 5
    && node.querySelectorAll('.tb-Versions .tb-Line').length > 3 && node.querySelector('.tb-Facts tr'))"""
_VERSION = f"""(number) => {{
    const node = document.querySelector('.tb-Registry');
    const line = [...node.querySelectorAll('.tb-Versions .tb-Line')]
        .find((each) => each.textContent.startsWith(`version ${{number}}`));
    window.began = performance.now();
    line.click();
    return ({_WHEN})((now) => now.querySelector('.tb-VersionTitle').textContent.endsWith(`version ${{number}}`));
}}"""
_MODEL = f"""(place) => {{
    const node = document.querySelector('.tb-Registry');
    const line = node.querySelectorAll('.tb-Models .tb-Line')[place];
    const name = line.querySelector('.tb-LineName').textContent;
    window.began = performance.now();
    line.click();
    return ({_WHEN})((now) => now.querySelector('.tb-VersionTitle').textContent.startsWith(name));
}}"""
_SEARCH = f"""(text) => {{
    const node = document.querySelector('.tb-Registry');
    const box = node.querySelector('.tb-Search');
    box.value = text;
    window.began = performance.now();
    box.dispatchEvent(new Event('input'));
    return ({_WHEN})((now) => [...now.querySelectorAll('.tb-Models .tb-LineName')]
        .every((each) => each.textContent.includes(text)));
}}"""
_PLAN = f"""(stage) => {{
    const node = document.querySelector('.tb-Registry');
    [...node.querySelectorAll('.tb-Deeds button')].find((each) => each.textContent.startsWith('Promote')).click();
    window.began = performance.now();
    [...node.querySelectorAll('[role=menuitem]')].find((each) => each.textContent.includes(stage)).click();
    return ({_WHEN})((now) => now.querySelectorAll('.tb-Changes tr').length > 0);
}}"""
_DECIDE = f"""(stage) => {{
    const node = document.querySelector('.tb-Registry');
    node.querySelector('.tb-Reason').value = 'measured';
    window.began = performance.now();
    node.querySelector('.tb-Dialog button[type=submit]').click();
    return ({_WHEN})((now) => now.querySelector('.tb-Versions .tb-Line[aria-selected=true] .tb-LineNote')
        .textContent.includes(stage));
}}"""

_IN_PRODUCTION = """(number) => [...document.querySelectorAll('.tb-Versions .tb-Line')]
    .some((each) => each.textContent.startsWith(`version ${number}Production`))"""


def rows(*, quick: bool, folder: Path) -> list[Row]:
    """First paint in 1 s, the effect of a click in 300 ms; nothing without Chromium."""
    if quick or CHROMIUM is None:
        return []
    fill()
    looking = Shown(current_store())
    looked = median_of(10, looking.look)
    with notebook_page(folder, *_CELLS) as page:
        for place in range(2):
            run_cell(page, place)
        found = [at_most(f"{_MODELS} models × {_VERSIONS} versions: first paint", _painted(page), 1.0)]
        page.wait_for_timeout(1000)
        found += [
            _median("registry: click a version", page, _VERSION, [49, 48, 47, 46, 45]),
            _median("registry: click a model", page, _MODEL, [1, 2, 3, 4, 5]),
            _median("registry: search models", page, _SEARCH, ["-11", "-12", "-13", ""]),
        ]
        planned, decided = [], []
        for stage in ("Staging", "Production", "Staging", "Production", "Staging"):
            planned.append(page.evaluate(_PLAN, stage))
            decided.append(page.evaluate(_DECIDE, stage))
            page.wait_for_timeout(1200)  # the store's own watch has its look
        found.append(_news(page))
        found.append(at_most("registry: what a promotion would change", statistics.median(planned) / 1000, 0.3))
        found.append(at_most("registry: promote, until the stage is seen", statistics.median(decided) / 1000, 0.3))
    return [*found, shown("registry: ask the store for all of it", f"{looked * 1e3:.0f} ms")]


def _painted(page: Any) -> float:
    page.evaluate(
        """(index) => {
            const panel = window.jupyterapp.shell.currentWidget;
            panel.content.deselectAll();
            panel.content.activeCellIndex = index;
            window.began = performance.now();
            window.jupyterapp.commands.execute('notebook:run-cell');
        }""",
        2,
    )
    return float(page.evaluate(_PAINT)) / 1000


def _news(page: Any) -> Row:
    """Promote here, in a process that is not the notebook's, until the panel shows it."""
    model, times = page.locator(".tb-VersionTitle").inner_text().split(" · ")[0], []
    for version in (_VERSIONS - 1, _VERSIONS - 2, _VERSIONS - 3):
        began = time.monotonic()
        tb.promote(model, version)
        page.wait_for_function(_IN_PRODUCTION, arg=version)
        times.append(time.monotonic() - began)
        page.wait_for_timeout(1200)
    return at_most("registry: a decision of another process appears", max(times), 2.0)


def _median(name: str, page: Any, script: str, arguments: list[Any]) -> Row:
    times = []
    for argument in arguments:
        times.append(page.evaluate(script, argument))
        page.wait_for_timeout(300)
    return at_most(name, statistics.median(times) / 1000, 0.3)


def fill(models: int = _MODELS, versions: int = _VERSIONS) -> None:
    """Register many versions at once: rows and their audit entries as the registry writes them, without its checks."""
    grid = np.array([[0.0], [1.0], [2.0], [3.0]])
    for place in range(_RUNS):
        with tb.start_run(f"fit-{place}", experiment="churn"):
            tb.log_params({f"p{at}": place * at for at in range(10)})
            tb.log_metrics({f"m{at}": place / (at + 1) for at in range(10)})
            tb.log_model(LogisticRegression().fit(grid, [0, 0, 1, 1]), input_example=grid[:2])
    with current_store().deciding() as db:
        db.execute(
            "INSERT INTO _tb.registered_models (model, description, created_at) "
            "SELECT 'model-' || m, 'about ' || m, TIMESTAMP '2026-01-01' FROM range($1) AS t(m)",
            [models],
        )
        db.execute(
            """
            INSERT INTO _tb.versions (model, version, stage, model_id, run_id, description, created_at, created_by,
                                      parent_version, copied_from, registration)
            SELECT 'model-' || m, v + 1, CASE WHEN v + 1 = $2 THEN 'Production' ELSE 'None' END, k.model_id, k.run_id,
                   'version ' || v, TIMESTAMP '2026-01-01' + INTERVAL (m * $2 + v) SECOND, 'me', NULLIF(v, 0), '', '{}'
            FROM range($1) AS t(m), range($2) AS u(v)
            JOIN (SELECT *, row_number() OVER (ORDER BY logged_at) - 1 AS place FROM _tb.models) AS k
              ON k.place = (m + v) % $3
            """,
            [models, versions, _RUNS],
        )
        _fill_trail(db, models, versions)


def _fill_trail(db: Any, models: int, versions: int) -> None:
    import pandas as pd

    previous, found = "", []
    moment = pd.Timestamp("2026-01-01").to_pydatetime()
    for place in range(models * versions):
        entry = {
            "seq": place + 1, "occurred_at": moment, "actor": "me", "action": "register",
            "subject": f"model model-{place // versions}", "before": "", "after": f"{place % versions + 1} None",
            "reason": "", "place": "", "previous_hash": previous,
        }  # fmt: skip
        previous = entry_hash(entry)
        found.append({**entry, "hash": previous})
    frame = pd.DataFrame(found)
    db.register("trail", frame)
    db.execute(f"INSERT INTO _tb.audit ({', '.join(frame.columns)}) SELECT * FROM trail")
    db.unregister("trail")
