"""`%track` with its words, `%runs`, `%registry`, and what `%%track` says where it cannot be."""

from __future__ import annotations

import inspect
import shlex
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class

from trackbook.capture.track_line import SUBCOMMANDS, asks_for_help
from trackbook.errors import BadTrackLine, RunNotFound, TrackbookError
from trackbook.magics.usage import NO_RUNS, cell_usage, line_usage
from trackbook.store import delete_run, note_run, restore_run, runs_frame, tag_run
from trackbook.store.questions import find_run_before, find_run_in
from trackbook.tracking.start import user_name
from trackbook.values import check_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from IPython.core.interactiveshell import InteractiveShell

    from trackbook.magics.extension import Extension
    from trackbook.store import Store
    from trackbook.tracking.past import PastRun


_FIRST_LINE = "%%track must be the first line of its cell; move it up, above every other line."


@contextmanager
def in_plain_words() -> Iterator[None]:
    """Let the user read our sentence instead of our stack. UsageError itself: its type is compared exactly."""
    try:
        yield
    except TrackbookError as error:
        raise UsageError(str(error)) from None


@magics_class
class TrackMagics(Magics):
    """The magics of one shell."""

    def __init__(self, shell: InteractiveShell, extension: Extension) -> None:
        super().__init__(shell)
        self._extension = extension

    @property
    def _store(self) -> Store:
        return self._extension.recorder.store

    @cell_magic("track")
    def track_cell(self, line: str, cell: str) -> None:
        """Track this cell: %%track [NAME] [--experiment E] [--into RUN] [--tag k=v] [--params a,b] [--metrics m,n].

        The cell becomes a run: its code, params, metrics, outputs, data, environment and
        repository are kept in trackbook.duckdb. `--no-capture outputs,data` leaves things out,
        `--into last` adds to the run before, `--live` shows its curves while it runs.
        """
        del cell
        if not asks_for_help(line.split()):
            raise UsageError(_FIRST_LINE)
        print(cell_usage())  # noqa: T201

    @line_magic("%track")
    def track_within(self, line: str) -> None:
        """Say what is wrong with a `%%track` in the middle of a cell, which IPython takes for a line magic."""
        del line
        raise UsageError(_FIRST_LINE)

    @line_magic("track")
    def track_line(self, line: str) -> object:
        """%track on|off|show [RUN]|diff [A [B]]|note TEXT|tag k=v …|ignore NAME …|delete RUN|restore RUN.

        Above code, `%track [NAME] [options]` tracks the cell as %%track does. RUN is an id, the
        beginning of one, a name or `last`; `note` and `tag` take `--run RUN`, else they mean the last one.
        """
        with in_plain_words():
            try:
                words = shlex.split(line)
            except ValueError as error:
                raise BadTrackLine("A quotation mark is not closed") from error
            word = words[0] if words else ""
            if asks_for_help(words) or words == ["help"]:
                print(line_usage(word))  # noqa: T201
                return None
            if not word:
                raise BadTrackLine("%track needs a word behind it, or code below it to track", SUBCOMMANDS)
            if word not in SUBCOMMANDS:
                raise BadTrackLine(f"%track does not know {word}", SUBCOMMANDS, near=word)
            answer: object = getattr(self, f"_{word}")(words[1:])
            return answer

    @line_magic("runs")
    def runs(self, line: str) -> object:
        """%runs [FILTER]: the runs as a table to sort, filter, group, star and compare, newest first.

        `%runs metrics.acc > 0.9 AND params.lr < 0.1`. `table = %runs` keeps it: table.to_frame(), table.selected.
        In a plain terminal it is a DataFrame; tb.runs() gives one with every column anywhere.
        """
        if asks_for_help(line.split()):
            print(inspect.getdoc(self.runs))  # noqa: T201
            return None
        if hasattr(self.shell, "kernel"):  # somebody may draw it; without a widget manager its static twin shows
            from trackbook.views.table.query import TableQuery  # noqa: PLC0415 - only whoever looks pays for it
            from trackbook.widgets.run_table.panel import table_of  # noqa: PLC0415

            with in_plain_words():
                return table_of(self._store, TableQuery(filter=line.strip()))
        return self._frame(line)

    def _frame(self, line: str) -> pd.DataFrame:
        from trackbook.views.table.rows import compact  # noqa: PLC0415

        with in_plain_words(), self._store.asking() as db:
            frame = compact(runs_frame(db, line, defaults=False))
        if frame.empty:
            print("No run fits this filter; %runs shows all." if line.strip() else f"{NO_RUNS}.")  # noqa: T201
        return frame

    @line_magic("compare")
    def compare(self, line: str) -> object:
        """%compare [RUN …]: runs side by side, their curves, params, outputs and differences; all runs without a word.

        RUN is an id, the beginning of one, a name or `last`. `%compare metrics.acc > 0.9` compares all that a
        filter fits; tb.compare() takes more: a view, and what it draws.
        """
        if asks_for_help(line.split()):
            print(inspect.getdoc(self.compare))  # noqa: T201
            return None
        from trackbook.widgets.comparison import compare  # noqa: PLC0415 - only whoever compares pays for it

        with in_plain_words():
            return compare(self._named_runs(line) or line.strip(), store=self._store)

    @line_magic("registry")
    def registry(self, line: str) -> object:
        """%registry [MODEL]: registered models, their versions and stages; promote, archive, roll back in place.

        Each decision shows what it changes, tries the project's gates, asks for the reason and can be undone.
        `browser = %registry churn` keeps it: browser.model, browser.version say what is shown and can be set.
        In a plain terminal it is a DataFrame: the models, or the versions of MODEL.
        """
        if asks_for_help(line.split()):
            print(inspect.getdoc(self.registry))  # noqa: T201
            return None
        model = line.strip().strip("\"'")
        with in_plain_words():
            if hasattr(self.shell, "kernel"):
                from trackbook.widgets.registry import registry  # noqa: PLC0415 - only whoever looks pays for it

                return registry(model or None)
            from trackbook.versioning.asking import registered_models, versions  # noqa: PLC0415

            return versions(model) if model else registered_models()

    def _named_runs(self, line: str) -> list[str]:
        """Read a line as names of runs; empty when its first word is none, which makes it a filter."""
        try:
            words = shlex.split(line)
        except ValueError:
            return []
        with self._store.asking() as db:
            for place, word in enumerate(words):
                try:
                    find_run_in(db, word)
                except RunNotFound:
                    if place:
                        raise
                    return []
        return words

    def _on(self, words: list[str]) -> None:
        _no_more("on", words)
        self._extension.track_every_cell(on=True)
        print("Every cell that fits or scores is tracked from now on; %track off ends it.")  # noqa: T201

    def _off(self, words: list[str]) -> None:
        _no_more("off", words)
        self._extension.track_every_cell(on=False)
        print("Only cells with %%track are tracked from now on.")  # noqa: T201

    def _show(self, words: list[str]) -> None:
        from trackbook.views.past_run import past_run_bundle  # noqa: PLC0415 - only whoever looks back pays for it

        bundle = past_run_bundle(self._read(self._meant(words, "show")))
        self.shell.display_pub.publish(data=bundle, metadata={})

    def _read(self, wanted: str) -> PastRun:
        from trackbook.tracking.past import read_run  # noqa: PLC0415

        return read_run(self._store, wanted)

    def _diff(self, words: list[str]) -> Any:  # noqa: ANN401
        from trackbook.tracking.diff import diff  # noqa: PLC0415 - only whoever compares pays for it

        if len(words) > 2:  # noqa: PLR2004 - a and b
            raise BadTrackLine("%track diff compares two runs; write %track diff A B")
        after = self._meant(words[1:], "diff")
        before = self._our(words[0]) if words else self._before(after)
        return diff(self._read(before), self._read(after))

    def _before(self, wanted: str) -> str:
        """Return the attempt before a run, else the run before it."""
        run = self._read(wanted)
        before = find_run_before(self._store, run.run_id)
        if before is None:
            raise BadTrackLine(f"There is no run before {run.name} to compare it with; write %track diff A B")
        return before

    def _note(self, words: list[str]) -> None:
        wanted, rest = self._chosen(words, "note")
        if not rest:
            raise BadTrackLine('%track note needs a text; %track note "" takes the note away')
        run = note_run(self._store, wanted, " ".join(rest), actor=user_name(), place=self._place())
        print(f"Noted on {run.name}.")  # noqa: T201

    def _tag(self, words: list[str]) -> None:
        wanted, rest = self._chosen(words, "tag")
        pairs = [word.partition("=") for word in rest]
        if not pairs or not all(equals for _, equals, _ in pairs):
            raise BadTrackLine("%track tag needs name=value")
        run = tag_run(
            self._store, wanted, {name: value for name, _, value in pairs}, actor=user_name(), place=self._place()
        )
        print(f"Tagged {run.name}.")  # noqa: T201

    def _ignore(self, words: list[str]) -> None:
        if not words:
            ignored = sorted(self._extension.recorder.attempts.ignored)
            print(f"Ignored: {', '.join(ignored) or 'nothing yet'}.")  # noqa: T201
        for name in words:
            self._store.event("ignore", name=check_name("metric", name), at=time.time())
            self._extension.recorder.attempts.ignored.add(name)
        if words:
            print(f"From now on no metric: {', '.join(words)}.")  # noqa: T201

    def _delete(self, words: list[str]) -> None:
        run = delete_run(self._store, self._our(self._only(words, "delete")), actor=user_name(), place=self._place())
        self._extension.recorder.attempts.forget(run.run_id)
        print(f"Deleted {run.name}; %track restore {run.run_id[:13]} brings it back.")  # noqa: T201

    def _restore(self, words: list[str]) -> None:
        run = restore_run(self._store, self._only(words, "restore"), actor=user_name(), place=self._place())
        print(f"Restored {run.name}." if run.deleted else f"{run.name} is not deleted; nothing was changed.")  # noqa: T201

    def _chosen(self, words: list[str], verb: str) -> tuple[str, list[str]]:
        """Split `--run RUN` off; without it the last run is meant."""
        if words[:1] == ["--run"]:
            return self._our(self._only(words[1:2], verb)), words[2:]
        return self._meant([], verb), words

    def _meant(self, words: list[str], verb: str) -> str:
        if len(words) > 1:
            raise BadTrackLine(f"%track {verb} takes one run")
        return self._our(words[0] if words else "last")

    def _our(self, wanted: str) -> str:
        """Take `last` for this notebook's last run: the store's may be another notebook's."""
        return self._extension.recorder.last_run().run_id if wanted == "last" else wanted

    @staticmethod
    def _only(words: list[str], verb: str) -> str:
        if len(words) != 1:
            raise BadTrackLine(f"%track {verb} needs one run: its id, the beginning of it, or its name")
        return words[0]

    def _place(self) -> str:
        return self._extension.recorder.attempts.notebook


def _no_more(verb: str, words: list[str]) -> None:
    if words:
        raise BadTrackLine(f"%track {verb} takes nothing behind it")
