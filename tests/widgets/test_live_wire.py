"""How a live panel's messages leave a kernel: in their order, and rarely enough for the cell not to feel it."""

from __future__ import annotations

import threading
from types import SimpleNamespace

from trackbook.widgets.live.pacing import Pacing
from trackbook.widgets.live.wire import Wire, find_wire


class Kernel:
    """Keeps what it sent; what is handed to its sending thread waits until `catch_up`."""

    def __init__(self, thread):
        self.sent, self.waiting = [], []
        self.session = SimpleNamespace(send=lambda _, kind, content, **__: self.sent.append((kind, content)))
        self.iopub_thread = SimpleNamespace(thread=thread, schedule=self.waiting.append, socket="socket", io_loop=None)

    def get_parent(self):
        return {"header": {"msg_id": "cell"}}

    def catch_up(self):
        while self.waiting:
            self.waiting.pop(0)()


def wire_of(kernel):
    return find_wire(SimpleNamespace(kernel=kernel, comm_id="c", topic=b"comm-c"))


def test_a_message_of_another_thread_waits_its_turn_and_nothing_may_overtake_it():
    kernel = Kernel(SimpleNamespace(ident=-1, is_alive=lambda: True))
    wire = wire_of(kernel)
    assert wire.is_free
    wire.send({"sequence": 1}, [])
    wire.redraw({"text/html": "picture"}, "twin")
    assert not wire.is_free
    assert kernel.sent == []
    kernel.catch_up()
    assert wire.is_free
    assert [kind for kind, _ in kernel.sent] == ["comm_msg", "update_display_data"]
    assert kernel.sent[0][1] == {"data": {"method": "custom", "content": {"sequence": 1}}, "comm_id": "c"}


def test_a_message_of_the_sending_thread_goes_at_once():
    kernel = Kernel(threading.current_thread())
    wire_of(kernel).send({"sequence": 1}, [])
    assert len(kernel.sent) == 1
    assert kernel.waiting == []


def test_without_a_sending_thread_there_is_no_wire():
    assert find_wire(SimpleNamespace()) is None
    assert find_wire(SimpleNamespace(kernel=SimpleNamespace(iopub_thread=None))) is None
    assert find_wire(SimpleNamespace(kernel=Kernel(SimpleNamespace(ident=1, is_alive=lambda: False)))) is None
    assert isinstance(wire_of(Kernel(threading.current_thread())), Wire)


def test_dear_looks_are_rare_and_one_dear_look_is_forgiven():
    pacing = Pacing()
    assert pacing.rest(0.1, 0.5) < 1
    assert pacing.rest(0.1, 0.5) > 10
    assert pacing.rest(0.1, 0.0001) < 1
