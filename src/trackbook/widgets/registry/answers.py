"""What the browser may ask of the registry, by name; each question has one method here.

Names of models, stages and aliases, numbers of versions and texts are all that it can send; everything is
checked before use.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput, TrackbookError
from trackbook.store.registry.errors import GatesFailed
from trackbook.tracking.place import deciding_in
from trackbook.versioning.deeds import Deed, Done, decide, set_tag, write_description, written
from trackbook.views.registry.plan import DEEDS, plan
from trackbook.widgets.questions import Questions
from trackbook.widgets.registry.trial import announced, in_background, try_gates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from trackbook.views.registry.plan import Plan
    from trackbook.widgets.registry.panel import RegistryBrowser

_MOST_UNDONE = 50
_PANEL = "registry panel"
"""Where its decisions are made, as the trail says it."""


class Answers(Questions):
    """Answers the browser's questions about one registry."""

    def __init__(self, browser: RegistryBrowser) -> None:
        super().__init__(browser.lock, browser)
        self._browser = browser
        self.visible, self.stale = True, False
        """Whether the panel is in view; whether something changed while it was not."""

        self.tab, self._other = "overview", 0
        self._open: tuple[int, Plan] | None = None
        """The dialog that is open, by the browser's number for it, and what it says would change."""

        self._undo: list[Done] = []

    def _on_hello(self, _content: dict[str, Any]) -> None:
        """A page was opened or reloaded: say all."""
        self.visible, self._open = True, None
        if self.stale:
            self.stale = False
            self._browser.refresh()
        else:
            self.say_all()

    def _on_visible(self, content: dict[str, Any]) -> None:
        self.visible = bool(content.get("on"))
        if self.visible and self.stale:
            self.stale = False
            self._browser.refresh()

    def say_all(self) -> None:
        """Have everything drawn anew, and what an open dialog says would change."""
        self._send(**self._browser.told())
        self._say_tab()
        self._say_plan_again()

    def _say_plan_again(self) -> None:
        """Have an open dialog say what would change now; it goes when another model is shown."""
        if self._open is None:
            return
        turn, old = self._open
        if self._browser.shown.model is None or self._browser.shown.model.name != old.deed.model:
            self._open = None
            self._send("closed", turn=turn)
            return
        new = self._plan(old.deed)
        if new != old:
            self._say_plan(turn, new)

    def _say_chosen(self) -> None:
        told = self._browser.told()
        del told["models"]
        self._send(**told)
        self._say_tab()

    def _say_tab(self) -> None:
        """Say what only one tab shows, when it is the one that is looked at."""
        shown = self._browser.shown
        if self.tab == "history":
            self._send("history", **shown.history())
        elif self.tab == "compare" and shown.version is not None:
            self._say_compared()

    def _say_compared(self) -> None:
        try:
            self._send("compared", fault="", **self._browser.shown.compared(self._other))
        except TrackbookError as error:
            self._send("compared", fault=str(error))

    def _on_search(self, content: dict[str, Any]) -> None:
        self._browser.shown.search(_text(content, "text").strip())
        self._send("show", models=self._browser.shown.models_told())

    def _on_choose(self, content: dict[str, Any]) -> None:
        self._other = 0
        self._browser.shown.choose(_text(content, "model"), _whole(content.get("version")))
        self._browser.follow_shown()
        self._say_chosen()

    def _on_tab(self, content: dict[str, Any]) -> None:
        self.tab, self._other = _text(content, "tab"), _whole(content.get("other"))
        self._say_tab()

    def _on_plan(self, content: dict[str, Any]) -> None:
        deed, turn = _deed(content), _whole(content.get("turn"))
        try:
            made = self._plan(deed)
        except TrackbookError as error:
            self._refuse(turn, str(error))
            return
        self._say_plan(turn, made)
        if made.gates and not made.refusal:
            self._try_gates(deed, deed.slot, lambda **said: self._send("gates", turn=turn, **said))

    def _turn_to(self, model: str, version: int) -> None:
        """Show what a decision is about, if it is not. Raises RegisteredModelNotFound, VersionNotFound."""
        shown = self._browser.shown
        if shown.model is None or shown.model.name != model:
            shown.choose(model, version)
            self._browser.follow_shown()

    def _plan(self, deed: Deed) -> Plan:
        self._turn_to(deed.model, deed.version)
        model = self._browser.shown.with_rules_of_now()
        return plan(deed, model, self._browser.shown.past() if deed.what == "rollback" else None)

    def _say_plan(self, turn: int, made: Plan) -> None:
        self._open = (turn, made)
        changes = [[each.what, each.before, each.after] for each in made.changes]
        self._send(
            "plan", turn=turn, title=made.title, verb=made.verb, changes=changes, refusal=made.refusal,
            call=made.call, gates=list(made.gates), choices=list(made.choices), slot=made.deed.slot,
        )  # fmt: skip

    def _try_gates(self, deed: Deed, stage: str, say: Callable[..., None]) -> None:
        self._turn_to(deed.model, deed.version)
        rules = self._browser.shown.with_rules_of_now().rules
        try_gates(self._browser.store, deed.model, deed.version, stage, rules, say)

    def _on_gates(self, content: dict[str, Any]) -> None:
        """Try the gates of a stage for the tab; nothing is decided."""
        deed = _deed({**content, "what": "promote"})
        say = {"model": deed.model, "version": deed.version, "stage": deed.slot, "turn": 0}
        self._try_gates(deed, deed.slot, lambda **said: self._send("gates", **say, **said))

    def _on_cancel(self, _content: dict[str, Any]) -> None:
        self._open = None

    def _on_do(self, content: dict[str, Any]) -> None:
        deed, turn = _deed(content), _whole(content.get("turn"))
        reason, override = _text(content, "reason").strip(), bool(content.get("override"))
        self._turn_to(deed.model, deed.version)
        if self._open is not None and self._open[0] == turn and self._open[1].gates:
            in_background(
                lambda: self._do(deed, turn, reason, override=override),
                lambda sentence: self._refuse(turn, sentence),
            )
            return
        try:
            self._do(deed, turn, reason, override=override)
        except TrackbookError as error:
            self._refuse(turn, str(error))
        except Exception:
            self._refuse(turn, "That did not work; the history says whether it was decided.")
            raise

    def _refuse(self, turn: int, sentence: str, *, by_gates: bool = False) -> None:
        """Say in the dialog why nothing was decided."""
        self._send("refused", turn=turn, text=sentence, gates=by_gates)

    def _do(self, deed: Deed, turn: int, reason: str, *, override: bool) -> None:
        """Decide; gates may take their time, so whoever calls from a thread does not hold the panel's lock."""

        def progress(names: Iterable[str]) -> Iterable[str]:
            return announced(lambda **said: self._send("gates", turn=turn, **said), names)

        known = self._browser.shown.newest_decision
        try:
            with deciding_in(_PANEL):
                text = decide(deed, reason, override=override, progress=progress)
        except GatesFailed as error:
            self._refuse(turn, " ".join(error.faults), by_gates=True)
            return
        with self._browser.lock:
            self._open = None
            self._send("closed", turn=turn)
            if deed.what in {"rename", "copy"}:  # its entry is about the model of the other name
                self._browser.shown.choose(deed.slot)
                self._browser.follow_shown()
            self._decided(text, deed.what, known, reason)

    def _on_describe(self, content: dict[str, Any]) -> None:
        (model, version), reason = _about(content), _text(content, "reason").strip()
        self._turn_to(model, version or 0)
        known = self._browser.shown.newest_decision
        with deciding_in(_PANEL):
            done = write_description(model, version, _text(content, "text"), reason)
        self._decided(done, "describe", known, reason)

    def _on_tag(self, content: dict[str, Any]) -> None:
        (model, version), reason = _about(content), _text(content, "reason").strip()
        self._turn_to(model, version or 0)
        known = self._browser.shown.newest_decision
        with deciding_in(_PANEL):
            done = set_tag(model, version, _text(content, "text"), reason)
        self._decided(done, "tag", known, reason)

    def _decided(self, text: str, what: str, known: int, reason: str) -> None:
        """Show what holds now, and offer the way back. known: the newest entry before."""
        self._browser.refresh()
        model = self._browser.shown.model
        entry = written(model.trail, known, what, reason) if model is not None else None
        if entry is None:
            self.notice(f"{text} It was so already.", "warning")
            return
        self._undo = [*self._undo, Done(text, entry)][-_MOST_UNDONE:]
        self.notice(text, undo=True)

    def _on_undo(self, _content: dict[str, Any]) -> None:
        if not self._undo:
            self.notice("There is nothing to undo.", "warning")
            return
        done = self._undo.pop()
        with deciding_in(_PANEL):
            done.undo()
        self._browser.refresh()
        self.notice(f"Undone: {done.text}", undo=bool(self._undo))


def _deed(content: dict[str, Any]) -> Deed:
    what = _text(content, "what")
    if what not in DEEDS:
        raise BadInput(f"There is no decision {what!r}.")
    deed = Deed(what, _text(content, "model"), _whole(content.get("version")), _text(content, "slot").strip())
    if what in {"alias", "unalias"}:
        deed = replace(deed, slot=deed.slot.removeprefix("@"))
    return replace(deed, archive_existing=content.get("archive_existing") is not False)


def _about(content: dict[str, Any]) -> tuple[str, int | None]:
    """Read which model is meant, and which of its versions; None for the model itself."""
    return _text(content, "model"), _whole(content.get("version")) or None


def _whole(value: object) -> int:
    return max(0, int(value)) if isinstance(value, (int, float)) else 0


def _text(content: dict[str, Any], name: str) -> str:
    value = content.get(name, "")
    return value if isinstance(value, str) else ""
