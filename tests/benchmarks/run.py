"""Measure trackbook against its bounds: `python tests/benchmarks/run.py [--quick] [--only NAME] [--markdown FILE]`.

Each benchmark runs in a fresh process. Exits 1 when a bound is missed. --quick
keeps to what is a ratio within one run, which a busy machine cannot spoil.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

from table import Row, as_markdown, as_text

BENCHMARKS = (
    "log_metric", "spool", "one_run", "cell", "extension", "frame", "history", "open_store", "decision", "bootstrap", "run_table",
    "registry", "compare", "live", "lab_server", "lab_start", "lab_sidebar", "memory",
)  # fmt: skip
"""Each is a file bench_NAME.py with `rows(quick, folder)`; in quick mode it returns its ratios only."""


def main() -> int:
    """Run what was asked for and print the table."""
    asked = _arguments()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="trackbook-bench-") as folder:
        for name in asked.only or BENCHMARKS:
            began = time.perf_counter()
            rows += apart(name, Path(folder), quick=asked.quick)
            print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    print(f"{machine()}\n\n{as_text(rows)}")
    if asked.markdown:
        asked.markdown.write_text(f"{machine()}\n\n{as_markdown(rows)}", encoding="utf-8")
    missed = [row.name for row in rows if row.ok is False]
    if missed:
        print(f"\nMissed: {'; '.join(missed)}.")
    return 1 if missed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure trackbook against its bounds.")
    parser.add_argument("--quick", action="store_true", help="ratios only, smaller sizes")
    parser.add_argument("--only", action="append", choices=BENCHMARKS, help="one benchmark; may be repeated")
    parser.add_argument("--markdown", type=Path, help="also write the table to this file")
    return parser.parse_args()


def apart(name: str, folder: Path, *, quick: bool) -> list[Row]:
    """Run one benchmark in a process of its own; one that breaks is a missed bound, and no end of the others."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        try:
            return pool.submit(measure, name, folder, quick=quick).result()
        except Exception as error:
            traceback.print_exc()
            return [Row(f"bench_{name}.py broke: {error}", "", "", "", "", ok=False)]


def measure(name: str, folder: Path, *, quick: bool) -> list[Row]:
    """Run one benchmark in this process, with a store of its own."""
    own = folder / name
    own.mkdir(exist_ok=True)
    os.chdir(own)
    os.environ["TRACKBOOK_STORE"] = str(own / "trackbook.duckdb")
    found: list[Row] = import_module(f"bench_{name}").rows(quick=quick, folder=folder)
    return found


def machine() -> str:
    """Name what the figures were measured on."""
    import duckdb

    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.platform()}, "
        f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, load {load}"
    )


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    sys.exit(main())
