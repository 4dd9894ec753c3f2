"""A hand on the loop: asked from anywhere it ends after its step, or takes a new value."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import warnings
from contextlib import contextmanager

import pytest

import trackbook as tb
from trackbook.errors import BadInput, BadValue, NotThere, RunNotFound, StoreReadOnly
from trackbook.ids import new_id
from trackbook.store.control import STOPPED, page_path, raise_flag
from trackbook.tracking import control
from trackbook.tracking.control import find_control, request_stop, turn_knob


@pytest.fixture(autouse=True)
def fresh(home, monkeypatch):
    monkeypatch.setenv("TRACKBOOK_STORE", str(home.location.file))
    for kept in (control._warned, control._hopeless):
        kept.clear()


class Script:
    def __init__(self, code, folder, arguments):
        path = folder / f"{new_id()}.py"
        path.write_text("import sys\nimport trackbook as tb\n" + code)
        self.process = subprocess.Popen(
            [sys.executable, path, *map(str, arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder,
        )  # fmt: skip

    def hear(self):
        line = self.process.stdout.readline().strip()
        assert line, self.process.stderr.read()
        return line

    def step(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def finish(self):
        out, err = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, err
        return out.split()


@pytest.fixture
def script(tmp_path):
    born = []

    def start(code, *arguments):
        born.append(Script(code, tmp_path, arguments))
        return born[-1]

    yield start
    for one in born:
        one.process.kill()
        one.process.communicate()


def events(run_id):
    found = tb.sql("SELECT kind, detail FROM _tb.run_events WHERE run_id = $1 ORDER BY occurred_at", [run_id])
    return [(kind, json.loads(detail)) for kind, detail in zip(found["kind"], found["detail"], strict=True)]


def ending(run_id):
    return tb.sql("SELECT status, ended_by FROM runs WHERE run_id = $1", [run_id]).iloc[0].tolist()


TRAINING = """
run = tb.start_run("training")
for step in {loop}:
    tb.log_metric("step", step)
    print(run.run_id, flush=True)
    sys.stdin.readline()
    {body}
tb.log_params({{"after": step}})
print("after", flush=True)
"""

LOOPS = [
    pytest.param({"loop": "tb.loop(range(100))", "body": "pass"}, id="tb.loop"),
    pytest.param({"loop": "range(100)", "body": "if tb.should_stop(): break"}, id="tb.should_stop"),
]


@pytest.mark.parametrize("how", LOOPS)
def test_a_training_in_another_process_ends_after_its_step_and_the_rest_runs(home, script, how):
    training = script(TRAINING.format(**how))
    for _ in range(3):
        run_id = training.hear()
        training.step()
    training.hear()
    assert request_stop(run_id, by="ana").asks
    assert request_stop(run_id, by="ben").stop_requested
    training.step()
    assert training.finish() == ["after"]
    assert ending(run_id) == ["FINISHED", "stop"]
    assert tb.get_run(run_id).params == {"after": 3}
    assert len(tb.metrics(run_id, "step")) == 4
    assert events(run_id) == [("stop requested", {"by": "ana"}), ("stopped", {})]
    assert find_control(run_id) is None
    with pytest.raises(NotThere, match="is not running, so nothing was changed"):
        request_stop(run_id)


def test_a_knob_turned_in_another_process_is_read_at_the_next_step(home, script):
    training = script(
        "run = tb.start_run()\n"
        "for step in tb.loop(range(4)):\n"
        "    print(run.run_id, tb.knob('lr', 1e-3), tb.knob('mode', 'warm'), flush=True)\n"
        "    sys.stdin.readline()\n"
    )
    run_id, *seen = training.hear().split()
    assert seen == ["0.001", "warm"]
    assert {name: (each.default, each.value) for name, each in find_control(run_id).knobs.items()} == {
        "lr": (0.001, 0.001),
        "mode": ("warm", "warm"),
    }
    assert turn_knob(run_id, "lr", 1, by="ana") == 0.001
    training.step()
    assert training.hear().split()[1:] == ["1.0", "warm"]
    turn_knob(run_id, "lr", 0.5, by="ana")
    turn_knob(run_id, "mode", "cold", by="ben")
    assert find_control(run_id).knobs["lr"].value == 0.5
    training.step()
    assert training.hear().split()[1:] == ["0.5", "cold"]
    training.step()
    training.step()
    training.finish()
    assert events(run_id) == [
        ("knob turned", {"knob": "lr", "old": 0.001, "new": 1.0, "by": "ana"}),
        ("knob turned", {"knob": "lr", "old": 1.0, "new": 0.5, "by": "ana"}),
        ("knob turned", {"knob": "mode", "old": "warm", "new": "cold", "by": "ben"}),
    ]
    assert ending(run_id) == ["FINISHED", "cell"]


CHILDREN = """
import multiprocessing, warnings
warnings.simplefilter("ignore", DeprecationWarning)

def work(queue):
    while not tb.should_stop():
        queue.put(tb.knob("lr", 1.0))

if __name__ == "__main__":
    with tb.start_run() as run:
        tb.knob("lr", 1.0)
        context = multiprocessing.get_context(sys.argv[1])
        queue = context.Queue(2)
        workers = [context.Process(target=work, args=(queue,)) for _ in range(2)]
        for worker in workers: worker.start()
        print(run.run_id, flush=True)
        while queue.get() != 5.0: pass
        print("turned", flush=True)
        while any(worker.is_alive() for worker in workers):
            try: queue.get(timeout=0.05)
            except Exception: pass
"""


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_children_of_the_run_see_it_as_well(home, script, method):
    parent = script(CHILDREN, method)
    run_id = parent.hear()
    turn_knob(run_id, "lr", 5.0)
    assert parent.hear() == "turned"
    request_stop(run_id)
    parent.finish()
    assert ending(run_id) == ["FINISHED", "stop"]
    assert [kind for kind, _ in events(run_id)] == ["knob turned", "stop requested", "stopped"]


def test_threads_see_it(home):
    seen = []

    def work():
        seen.extend(tb.knob("lr", 1.0) for _ in tb.loop(iter(int, 1)))

    with tb.start_run() as run:
        thread = threading.Thread(target=work)
        thread.start()
        until(lambda: seen)
        turn_knob(run.run_id, "lr", 2.0)
        until(lambda: seen[-1] == 2.0)
        request_stop(run.run_id)
        thread.join(60)
        assert not thread.is_alive()
    assert run.ended_by == "stop"


def until(happened):
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.001)


def test_without_a_run_nothing_is_asked_and_nothing_said(home, recwarn):
    assert tb.should_stop() is False
    assert list(tb.loop(iter("abc"))) == ["a", "b", "c"]
    assert tb.knob("lr", 1e-3) == 1e-3
    default = object()
    assert tb.knob("odd", default) is default
    assert [str(each.message) for each in recwarn] == []


def test_a_loop_takes_its_first_step_and_not_one_item_more_than_it_uses(home):
    items = iter(range(10))
    with tb.start_run() as run:
        request_stop(run.run_id)
        assert list(tb.loop(items)) == [0]
    assert list(items) == list(range(1, 10))


def test_a_loop_has_the_length_of_what_it_goes_through(home):
    assert len(tb.loop("abc")) == 3
    assert len(tb.loop(iter("abc"), total=7)) == 7
    with pytest.raises(TypeError):
        len(tb.loop(iter("abc")))


def test_the_outermost_loop_shows_how_far_the_run_is(home):
    with tb.start_run() as run:
        for epoch in tb.loop(range(3)):
            for _ in tb.loop(iter("ab"), total=100):
                pass
            state = find_control(run.run_id)
            assert (state.done, state.total) == (epoch, 3 if epoch else None)
        for _ in tb.loop(iter("ab")):
            pass
        assert (find_control(run.run_id).done, find_control(run.run_id).total) == (2, None)


def test_an_outer_run_that_is_asked_lets_the_inner_one_come_to_its_end(home):
    begun = []
    with tb.start_run("sweep") as sweep:
        for number in tb.loop(range(5)):
            with tb.start_run(f"trial {number}") as trial:
                begun.append(trial)
                if number == 1:
                    request_stop(sweep.run_id)
                assert len(list(tb.loop(range(3)))) == 3
    assert [run.ended_by for run in (*begun, sweep)] == ["cell", "cell", "stop"]


def test_an_inner_run_can_be_stopped_alone(home):
    steps = []
    with tb.start_run("sweep"):
        for number in tb.loop(range(3)):
            with tb.start_run() as trial:
                for step in tb.loop(range(3)):
                    steps.append((number, step))
                    if number == 1:
                        request_stop(trial.run_id)
    assert steps == [(0, 0), (0, 1), (0, 2), (1, 0), (2, 0), (2, 1), (2, 2)]


@pytest.mark.parametrize(
    ("leave", "expected"),
    [
        pytest.param(lambda: None, ("FINISHED", "cell"), id="its loop was over already"),
        pytest.param(lambda: next(iter([])), ("FAILED", "error"), id="an error"),
        pytest.param(lambda: (tb.should_stop(), next(iter([]))), ("FAILED", "error"), id="stopped, then an error"),
        pytest.param(tb.should_stop, ("FINISHED", "stop"), id="stopped"),
        pytest.param(lambda: os.kill(os.getpid(), 2), ("KILLED", "interrupt"), id="interrupted"),
    ],
)
def test_ended_by_stop_is_said_only_of_a_run_that_did_stop(home, leave, expected):
    try:
        with tb.start_run() as run:
            request_stop(run.run_id)
            leave()
    except (StopIteration, KeyboardInterrupt):
        pass
    assert (run.status, run.ended_by) == expected
    assert ending(run.run_id) == list(expected)


def test_a_run_that_is_taken_up_again_is_not_asked_any_more(home):
    with tb.start_run() as run:
        request_stop(run.run_id)
        assert tb.should_stop()
    with tb.start_run(run_id=run.run_id) as again:
        assert not tb.should_stop()
    assert (again.ended_by, ending(run.run_id)) == ("cell", ["FINISHED", "cell"])


VALUES = [
    pytest.param(1e-3, 1, 1.0, id="float takes int"),
    pytest.param(1e-3, float("inf"), float("inf"), id="float takes infinity"),
    pytest.param(1e-3, "0.1", None, id="float refuses text"),
    pytest.param(1e-3, True, None, id="float refuses bool"),
    pytest.param(3, 4, 4, id="int"),
    pytest.param(3, 4.0, 4, id="int takes a whole float"),
    pytest.param(3, 4.5, None, id="int refuses a fraction"),
    pytest.param(3, float("inf"), None, id="int refuses infinity"),
    pytest.param(3, False, None, id="int refuses bool"),
    pytest.param(True, False, False, id="bool"),
    pytest.param(True, 0, None, id="bool refuses int"),
    pytest.param("adam", "sgd", "sgd", id="text"),
    pytest.param("adam", 1, None, id="text refuses a number"),
    pytest.param("adam", None, None, id="text refuses None"),
    pytest.param("adam", object(), None, id="text refuses anything else"),
]


@pytest.mark.parametrize(("default", "value", "expected"), VALUES)
def test_the_type_of_the_default_is_kept(home, default, value, expected):
    with tb.start_run() as run:
        assert tb.knob("it", default) == default
        if expected is None:
            with pytest.raises(BadValue, match="'it' is a"):
                turn_knob(run.run_id, "it", value)
            expected = default
        else:
            turn_knob(run.run_id, "it", value)
        assert tb.knob("it", default) == expected
        assert type(tb.knob("it", default)) is type(default)


def test_numbers_of_numpy_are_numbers(home):
    import numpy as np

    with tb.start_run() as run:
        assert tb.knob("lr", np.float32(0.5)) == 0.5
        turn_knob(run.run_id, "lr", np.int64(2))
        assert tb.knob("lr", np.float32(0.5)) == 2.0


def test_a_default_that_changes_counts_until_somebody_turns_the_knob(home):
    with tb.start_run() as run:
        assert [tb.knob("lr", 1 / step) for step in (1, 2, 4)] == [1.0, 0.5, 0.25]
        turn_knob(run.run_id, "lr", 0.1)
        assert [tb.knob("lr", 1 / step) for step in (1, 2, 4)] == [0.1] * 3


def test_what_cannot_be_turned_is_refused_with_what_there_is(home):
    with tb.start_run() as run:
        with pytest.raises(NotThere, match=r"no knob 'lr'\. It has: none"):
            turn_knob(run.run_id, "lr", 1)
        tb.knob("rate", 1.0)
        with pytest.raises(NotThere, match="It has: rate"):
            turn_knob(run.run_id, "lr", 1)
    with pytest.raises(NotThere, match="is not running"):
        turn_knob(run.run_id, "rate", 1.0)


@pytest.mark.parametrize("run_id", ["../../x", "last", "", "0192", "/tmp/page"])
def test_a_name_from_outside_is_never_a_path(home, run_id):
    for ask in (lambda: request_stop(run_id), lambda: turn_knob(run_id, "lr", 1.0)):
        with pytest.raises(RunNotFound):
            ask()
    assert find_control(run_id) is None


def test_a_page_of_a_newer_trackbook_is_said_to_be_one(home):
    with tb.start_run() as run:
        path = page_path(home.location, run.run_id)
        path.write_bytes(b"TBctrl\x02\x00" + path.read_bytes()[8:])
        for ask in (find_control, request_stop, lambda run_id: turn_knob(run_id, "lr", 1.0)):
            with pytest.raises(BadInput, match="upgrade the older of the two"):
                ask(run.run_id)


@contextmanager
def one_warning(match):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    assert len(caught) == 1, [str(each.message) for each in caught]
    assert match in str(caught[0].message)
    assert caught[0].category is tb.TrackbookWarning


@pytest.mark.parametrize(
    ("name", "default"),
    [("lr", [1]), ("lr", None), ("", 1.0), (7, 1.0), ("lr", object())],
    ids=["a list", "None", "no name", "a number for a name", "an object"],
)
def test_a_knob_that_cannot_be_one_is_one_warning_and_its_default(home, name, default):
    with tb.start_run(), one_warning("keeps its default"):
        assert [tb.knob(name, default) for _ in range(3)] == [default] * 3


def test_more_knobs_than_the_page_holds_are_one_warning_each_and_their_default(home):
    with tb.start_run() as run:
        tb.knob("small", 1)
        with one_warning("is the most; shorten"):
            assert tb.knob("large", "x" * 10_000) == "x" * 10_000
        assert list(find_control(run.run_id).knobs) == ["small"]


@pytest.mark.parametrize("damage", ["removed", "cut short", "noise"])
def test_a_page_that_was_damaged_is_one_warning_and_the_loop_goes_on(home, damage):
    run = tb.start_run()
    path = page_path(home.location, run.run_id)
    path.unlink() if damage == "removed" else path.write_bytes(os.urandom(9 if damage == "cut short" else 8192))
    with one_warning("cannot be stopped or turned from elsewhere"):
        assert list(tb.loop(range(3))) == [0, 1, 2]
        assert not tb.should_stop()
        assert tb.knob("lr", 1.0) == 1.0
    run.end()
    assert run.ended_by == "cell"


def test_where_warnings_are_errors_ours_do_not_break_the_loop(home):
    with tb.start_run(), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert tb.knob("lr", None) is None


def test_a_child_of_a_run_whose_store_is_gone_is_warned_once_and_goes_on(home, monkeypatch):
    def fail():
        raise StoreReadOnly(home.location.file)

    monkeypatch.setenv("TRACKBOOK_RUN_ID", new_id())
    monkeypatch.setattr("trackbook.tracking.start.current_store", fail)
    with one_warning("cannot be written"):
        assert list(tb.loop(range(3))) == [0, 1, 2]
        assert (tb.should_stop(), tb.knob("lr", 1.0)) == (False, 1.0)


def test_a_page_of_somebody_else_is_refused_with_a_sentence(home, script, let_others_in):
    if os.geteuid():
        pytest.skip("only root can become somebody else")
    let_others_in(home.location.file.parent)
    with tb.start_run() as run:
        asking = script(
            "import os\nfrom trackbook.tracking.control import request_stop\nfrom trackbook.errors import StoreReadOnly\n"
            "import trackbook.tracking.client, portalocker\n"
            "os.setgid(65534); os.setuid(65534)\n"
            "try: request_stop(sys.argv[1])\nexcept StoreReadOnly as error: print(error)\n",
            run.run_id,
        )
        assert "cannot be written" in " ".join(asking.finish())
        assert not tb.should_stop()


def test_a_stop_that_cannot_be_written_down_is_carried_out_all_the_same(home, monkeypatch):
    def fail(line):
        raise RuntimeError("the disk went away")

    with tb.start_run() as run:
        tb.should_stop()
        with monkeypatch.context() as patch, warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            patch.setattr(home.spool, "_put_line", fail)
            request_stop(run.run_id)
            assert tb.should_stop()
        assert ["could not be written down" in str(each.message) for each in caught] == [True, True]
    assert run.ended_by == "stop"


def test_the_first_of_a_runs_processes_that_stops_is_written_down(home):
    with tb.start_run() as run:
        request_stop(run.run_id)
        raise_flag(home.location, run.run_id, STOPPED, 1.0)  # as another process of the run does
        assert tb.should_stop()
    assert [kind for kind, _ in events(run.run_id)] == ["stop requested"]


def test_asking_costs_a_memory_read(home):
    """Measured: 0.1 µs over a bare call, a knob 0.4; here only against reading the page's file each time."""

    def best(function):
        rounds = []
        for _ in range(30):
            begun = time.perf_counter()
            for _ in range(200):
                function()
            rounds.append(time.perf_counter() - begun)
        return min(rounds)

    with tb.start_run() as run:
        page = home.location.folder / "control" / run.run_id
        tb.should_stop()
        assert best(tb.should_stop) < best(page.read_bytes) / 4
        tb.knob("lr", 1e-3)
        assert best(lambda: tb.knob("lr", 1e-3)) < best(page.read_bytes) / 2


def test_a_page_costs_hardly_more_than_any_file_of_its_size(home, tmp_path):
    """Measured: 45 µs, of which 40 are the file; how long a file takes is the disk's, so both take turns."""
    from trackbook.store.control import PAGE_BYTES, make_page

    home.location.prepare()
    (tmp_path / "plain").mkdir()
    content, pages, plain = bytes(PAGE_BYTES), [], []
    for number in range(200):
        run_id = new_id()
        begun = time.perf_counter()
        make_page(home.location, run_id)
        pages.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        file = os.open(tmp_path / "plain" / str(number), os.O_WRONLY | os.O_CREAT)
        os.write(file, content)
        os.close(file)
        plain.append(time.perf_counter() - begun)
    assert min(pages) - min(plain) < 100e-6


CELL = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("%load_ext trackbook\\nimport trackbook as tb\\nfrom trackbook.tracking.control import request_stop")
shell.run_cell('''%%track net
for epoch in tb.loop(range(50)):
    if epoch == 2:
        request_stop(tb.find_current_run().run_id)
rest = 7.5
''')
"""


def test_the_rest_of_a_stopped_cell_runs_and_its_card_says_stopped(home, script):
    said = " ".join(script(CELL).finish())
    assert "stopped net" in said
    assert "rest 7.5" in said
    run = tb.get_run("net")
    assert (run.status, run.ended_by, run.metrics.get("rest", run.params.get("rest"))) == ("FINISHED", "stop", 7.5)


def train_keras(ask):
    keras = pytest.importorskip("keras")
    import numpy as np

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    asking = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: ask(epoch))
    rows = np.ones((4, 2))
    history = model.fit(rows, rows[:, :1], epochs=50, verbose=0, callbacks=[asking, tb.callbacks.keras()])
    return len(history.epoch)


def train_keras_by_batch(ask):
    keras = pytest.importorskip("keras")
    import numpy as np

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    asking = keras.callbacks.LambdaCallback(on_train_batch_begin=lambda batch, logs: ask(batch))
    rows = np.ones((100, 2))
    model.fit(rows, rows[:, :1], batch_size=2, verbose=0, callbacks=[asking, tb.callbacks.keras(every_n_batches=1)])
    return int(model.optimizer.iterations)


def train_lightning(ask):
    pl = pytest.importorskip("lightning.pytorch")
    import torch

    class Line(pl.LightningModule):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(2, 1)

        def training_step(self, batch, number):
            ask(number)
            return self.layer(batch).mean()

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=0.1)

    trainer = pl.Trainer(
        max_epochs=2, accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
        enable_model_summary=False, callbacks=[tb.callbacks.lightning()],
    )  # fmt: skip
    trainer.fit(Line(), torch.utils.data.DataLoader(torch.ones(50, 2)))
    return trainer.global_step


def train_xgboost(ask):
    xgb = pytest.importorskip("xgboost")
    import numpy as np

    class Asking(xgb.callback.TrainingCallback):
        def before_iteration(self, model, epoch, evals_log):
            ask(epoch)
            return False

    data = xgb.DMatrix(np.arange(20.0).reshape(10, 2), np.arange(10.0))
    booster = xgb.train({"nthread": 1}, data, 50, callbacks=[Asking(), tb.callbacks.xgboost()])
    return booster.num_boosted_rounds()


def train_lightgbm(ask):
    lgb = pytest.importorskip("lightgbm")
    import numpy as np

    def asking(env):
        ask(env.iteration)

    asking.before_iteration = True
    rows = np.arange(200.0).reshape(100, 2)
    params = {"verbosity": -1, "num_threads": 1, "min_data_in_leaf": 2}
    data = lgb.Dataset(rows, rows[:, 0])
    booster = lgb.train(params, data, 50, valid_sets=[data], callbacks=[asking, tb.callbacks.lightgbm()])
    assert booster.best_iteration == booster.current_iteration()
    return booster.current_iteration()


def train_transformers(ask):
    tf = pytest.importorskip("transformers")

    class Asking(tf.TrainerCallback):
        def on_step_begin(self, args, state, control, **kwargs):
            ask(state.global_step)

    config = tf.BertConfig(
        vocab_size=16, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8
    )
    data = [{"input_ids": [1, 2], "labels": 0}] * 50
    arguments = tf.TrainingArguments(
        output_dir="out", num_train_epochs=2, per_device_train_batch_size=1, save_strategy="no", report_to=[],
        use_cpu=True, disable_tqdm=True, dataloader_pin_memory=False,
    )  # fmt: skip
    trainer = tf.Trainer(
        tf.BertForSequenceClassification(config), arguments, train_dataset=data,
        callbacks=[Asking(), tb.callbacks.transformers()],
    )  # fmt: skip
    trainer.train()
    return trainer.state.global_step


TRAININGS = {
    "keras": train_keras,
    "keras by batch": train_keras_by_batch,
    "lightning": train_lightning,
    "xgboost": train_xgboost,
    "lightgbm": train_lightgbm,
    "transformers": train_transformers,
}


@pytest.mark.frameworks
@pytest.mark.filterwarnings("ignore::UserWarning:lightning", "ignore:.*litlogger")
@pytest.mark.parametrize("train", TRAININGS.values(), ids=TRAININGS)
def test_a_training_with_a_callback_of_ours_ends_after_its_step(home, train, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.chdir(tmp_path)
    listens = []

    def ask(step):
        if step == 3:
            listens.append(request_stop(run.run_id).asks)

    with tb.start_run() as run:
        assert train(ask) == 4
    assert listens == [True], "others know from the beginning of the training on that it will hear"
    assert run.ended_by == "stop"
