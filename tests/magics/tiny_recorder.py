"""The smallest recorder: notes what it is told in `builtins.noted`, shows a card, fails on request."""

import builtins

from IPython import get_ipython

from trackbook.capture.track_line import TrackLine
from trackbook.errors import BadTrackLine
from trackbook.magics.hooks import CellHooks


class TinyRecorder:
    fails = ""

    def wants(self, cell):
        return cell.line

    def begin(self, cell, line: TrackLine):
        if self.fails == "begin":
            raise OSError("the disk is full")
        if line.into == "nowhere":
            raise BadTrackLine("There is no run nowhere")
        return {
            "name": line.name,
            "raw": cell.raw,
            "source": cell.source,
            "position": cell.position,
            "cell_id": cell.cell_id,
        }

    def end(self, token, ended):
        if self.fails == "end":
            raise OSError("the disk is full")
        noted.append(
            token
            | {
                "ended_by": str(ended.ended_by),
                "succeeded": ended.succeeded,
                "value": ended.value if isinstance(ended.value, (int, str)) else type(ended.value).__name__,
                "error": type(ended.error).__name__,
                "traceback": ended.traceback,
                "outputs": [(output.kind, output.name, output.data.get("text/plain")) for output in ended.outputs],
            }
        )
        return {"data": {"text/plain": "card", "application/vnd.trackbook+json": {"version": 1}}}

    def executed(self, cell, token, *, succeeded):
        history.append((cell.raw, token is not None, succeeded))


noted = builtins.noted = []
history = builtins.history = []
recorder = builtins.recorder = TinyRecorder()
hooks = builtins.hooks = CellHooks(recorder)
hooks.install(get_ipython())
