import pickle
import sys
import warnings

import pytest

import trackbook as tb

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore::UserWarning:lightning"),
    pytest.mark.filterwarnings("ignore:.*litlogger"),
]


@pytest.fixture(scope="module")
def pl():
    return pytest.importorskip("lightning.pytorch")


@pytest.fixture
def module(pl):
    import torch

    class Line(pl.LightningModule):
        def __init__(self, lr=0.1, hidden=2, api_key="sk-not-to-be-kept"):
            super().__init__()
            self.save_hyperparameters()
            self.layer = torch.nn.Linear(2, 1)

        def _loss(self, batch):
            x, y = batch
            return ((self.layer(x) - y) ** 2).mean()

        def training_step(self, batch, number):
            loss = self._loss(batch)
            self.log("train_loss", loss, on_step=True, on_epoch=True)
            self.log("last_loss", loss)
            return loss

        def on_train_epoch_end(self):
            self.log("late", float(self.current_epoch))

        def validation_step(self, batch, number):
            self.log("val_loss", self._loss(batch))

        def test_step(self, batch, number):
            self.log("test_loss", self._loss(batch))

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=self.hparams.lr)

    pl.seed_everything(0, verbose=False)
    return Line()


@pytest.fixture
def loader():
    import torch

    x = torch.linspace(-1, 1, 24).reshape(12, 2)
    return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, x.sum(1, keepdim=True)), batch_size=4)


@pytest.fixture
def trainer(pl):
    def make(*callbacks, max_epochs=2, logger=False, **options):
        return pl.Trainer(
            max_epochs=max_epochs,
            accelerator="cpu",
            enable_progress_bar=False,
            enable_model_summary=False,
            logger=logger,
            callbacks=list(callbacks),
            **{"enable_checkpointing": False, "log_every_n_steps": 1} | options,
        )

    return make


@pytest.fixture
def other_logger(pl):
    """A logger of somebody else, to compare with."""

    class Notes(pl.loggers.Logger):
        name = version = "notes"

        def __init__(self):
            super().__init__()
            self.heard = []

        def log_hyperparams(self, params, *args, **kwargs):
            pass

        def log_metrics(self, metrics, step=None):
            self.heard += [(name, step, value) for name, value in metrics.items()]

    return Notes()


def test_every_metric_is_there_as_another_logger_heard_it(module, loader, trainer, other_logger, points, steps):
    with tb.start_run():
        trainer(tb.callbacks.lightning(), logger=other_logger).fit(module, loader, loader)
    names = {name for name, _, _ in other_logger.heard}
    assert names == {"train_loss_step", "train_loss_epoch", "last_loss", "late", "val_loss", "epoch"}
    for name in names:
        assert steps(name) == [step for one, step, _ in other_logger.heard if one == name]
        assert points(name) == pytest.approx([value for one, _, value in other_logger.heard if one == name])


def test_each_epoch_is_one_point_and_each_step_too(module, loader, trainer, points, steps):
    ours = trainer(tb.callbacks.lightning())
    with tb.start_run():
        ours.fit(module, loader, loader)
    assert steps("train_loss_step") == [0, 1, 2, 3, 4, 5]
    assert steps("val_loss") == steps("train_loss_epoch") == [2, 5]
    assert points("val_loss")[-1] == pytest.approx(ours.callback_metrics["val_loss"].item())
    assert points("late") == [0, 1]


def test_steps_come_as_often_as_the_trainer_logs(module, loader, trainer, steps):
    with tb.start_run():
        trainer(tb.callbacks.lightning(), log_every_n_steps=3).fit(module, loader)
    assert steps("train_loss_step") == [2, 5]


def test_several_validation_loaders_keep_their_names(module, loader, trainer, points):
    module.validation_step = lambda batch, number, dataloader_idx: module.log("val", float(dataloader_idx))
    with tb.start_run():
        trainer(tb.callbacks.lightning()).fit(module, loader, [loader, loader])
    assert points("val/dataloader_idx_0") == [0, 0]
    assert points("val/dataloader_idx_1") == [1, 1]


def test_params_are_the_modules_and_the_trainers_without_secrets(module, loader, trainer):
    with tb.start_run():
        trainer(tb.callbacks.lightning(), gradient_clip_val=0.5).fit(module, loader)
    params = tb.get_run("last").params
    expected = {"lr": 0.1, "hidden": 2, "max_epochs": 2, "precision": "32-true", "optimizer": "SGD"}
    assert {**expected, "gradient_clip_val": 0.5}.items() <= params.items()
    assert "api_key" not in params


def test_data_among_the_hyper_parameters_is_named_and_not_written_out(module, loader, trainer):
    import torch

    module.save_hyperparameters({"prior": torch.zeros(10_000, 3)})
    with tb.start_run():
        trainer(tb.callbacks.lightning(), max_epochs=1).fit(module, loader)
    assert tb.get_run("last").params["prior"] == "Tensor of shape (10000, 3)"


def test_early_stopping_leaves_its_epoch_and_score(pl, module, loader, trainer, points):
    stop = pl.callbacks.EarlyStopping("val_loss", patience=1, min_delta=1e9)
    with tb.start_run():
        trainer(stop, tb.callbacks.lightning(), max_epochs=9).fit(module, loader, loader)
    assert points("stopped_epoch") == [stop.stopped_epoch] == [1]
    assert points("best_score") == pytest.approx([stop.best_score.item()])


@pytest.mark.parametrize(("mode", "best"), [("max", max), ("min", min)])
def test_which_way_is_up_is_what_early_stopping_was_told(pl, module, loader, trainer, points, mode, best):
    stop = pl.callbacks.EarlyStopping("late", mode=mode, patience=9, check_on_train_epoch_end=True)
    with tb.start_run():
        trainer(stop, tb.callbacks.lightning(), max_epochs=3).fit(module, loader)
    assert len(tb.runs(f"metrics.late.best = {best(points('late'))}")) == 1


def test_testing_and_validating_alone_log_too(module, loader, trainer, points):
    ours = trainer(tb.callbacks.lightning())
    with tb.start_run():
        ours.fit(module, loader)
        tested = ours.test(module, loader, verbose=False)
        validated = ours.validate(module, loader, verbose=False)
    assert points("test_loss") == pytest.approx([tested[0]["test_loss"]])
    assert points("val_loss") == pytest.approx([validated[0]["val_loss"]])


def test_a_second_fit_in_one_run_goes_on_where_the_first_ended(module, loader, trainer, steps):
    with tb.start_run():
        trainer(tb.callbacks.lightning()).fit(module, loader)
        trainer(tb.callbacks.lightning(), max_epochs=1).fit(module, loader)
    assert steps("train_loss_step") == [0, 1, 2, 3, 4, 5, 6, 7, 8]


def test_training_on_with_the_same_trainer_keeps_its_steps(module, loader, trainer, steps):
    ours = trainer(tb.callbacks.lightning(), max_epochs=1)
    with tb.start_run():
        ours.fit(module, loader)
        ours.fit_loop.max_epochs = 2
        ours.fit(module, loader)
    assert steps("train_loss_step") == [0, 1, 2, 3, 4, 5]


def test_the_trainer_has_its_own_loggers_again_afterwards(module, loader, trainer, other_logger):
    for logger in (False, other_logger):
        ours = trainer(tb.callbacks.lightning(), logger=logger)
        before = list(ours.loggers)
        with tb.start_run():
            ours.fit(module, loader)
            assert ours.loggers == before
            ours.test(module, loader, verbose=False)
            assert ours.loggers == before


def test_an_error_passes_and_leaves_the_trainer_as_it_was(module, loader, trainer, points):
    def fail():
        raise ZeroDivisionError

    module.on_train_epoch_end = fail
    ours = trainer(tb.callbacks.lightning())
    with pytest.raises(ZeroDivisionError), tb.start_run():
        ours.fit(module, loader)
    assert ours.loggers == []
    assert len(points("train_loss_step")) == 3


def test_checkpoints_and_log_dir_are_where_they_were(pl, module, loader, trainer, tmp_path):
    seen = []

    class Look(pl.Callback):
        def on_train_epoch_end(self, trainer, pl_module):
            seen.append((trainer.log_dir, trainer.checkpoint_callback.dirpath))

    with tb.start_run():
        for callbacks in ([], [tb.callbacks.lightning()]):
            trainer(*callbacks, Look(), enable_checkpointing=True, max_epochs=1).fit(module, loader)
    assert seen[0] == seen[1]


def test_code_that_talks_to_a_logger_goes_on(module, loader, trainer):
    def talk():
        if module.logger is not None:
            module.logger.experiment.add_histogram("weights", module.layer.weight)
            module.logger.log_image("x", images=[])

    module.on_train_epoch_start = talk
    ours = trainer(tb.callbacks.lightning())
    with tb.start_run():
        ours.fit(module, loader)
    assert ours.state.finished


def test_without_a_run_there_is_one_warning_and_the_same_training(module, loader, trainer, pl, nothing_was_kept):
    import torch

    def train(*callbacks):
        torch.manual_seed(0)
        module.layer.reset_parameters()
        ours = trainer(*callbacks)
        ours.fit(module, loader, loader)
        return {name: value.item() for name, value in ours.callback_metrics.items()}

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = train(tb.callbacks.lightning())
    assert result == train()
    ours = [str(warning.message) for warning in caught if warning.category is tb.TrackbookWarning]
    assert len(ours) == 1
    assert "trackbook.callbacks.lightning() needs a run" in ours[0]
    nothing_was_kept()


def test_a_store_that_fails_does_not_stop_the_training(module, loader, trainer, broken_store):
    ours = trainer(tb.callbacks.lightning())
    with tb.start_run(), pytest.warns(UserWarning, match="the disk went away"), broken_store():
        ours.fit(module, loader, loader)
    assert ours.state.finished
    assert ours.global_step == 6


def test_a_callback_can_be_pickled_after_a_training(module, loader, trainer, points):
    callback = tb.callbacks.lightning(prefix="mine.")
    with tb.start_run():
        trainer(callback, max_epochs=1).fit(module, loader)
        trainer(pickle.loads(pickle.dumps(callback)), max_epochs=1).fit(module, loader)
    assert len(points("mine.train_loss_step")) == 6


def test_the_older_package_works_too(loader, monkeypatch, points):
    old = pytest.importorskip("pytorch_lightning")
    import torch

    class Line(old.LightningModule):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(2, 1)

        def training_step(self, batch, number):
            loss = self.layer(batch[0]).mean()
            self.log("loss", loss)
            return loss

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=0.1)

    monkeypatch.delitem(sys.modules, "lightning.pytorch", raising=False)
    callback = tb.callbacks.lightning()
    assert isinstance(callback, old.Callback)
    with tb.start_run():
        old.Trainer(
            max_epochs=1, accelerator="cpu", enable_progress_bar=False, enable_model_summary=False, logger=False,
            enable_checkpointing=False, log_every_n_steps=1, callbacks=[callback],
        ).fit(Line(), loader)  # fmt: skip
    assert len(points("loss")) == 3


def test_without_lightning_the_error_says_what_to_install(monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] in {"lightning", "pytorch_lightning"}]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "lightning", None)
    with pytest.raises(ImportError, match=r"trackbook\.callbacks\.lightning\(\) needs lightning: pip install lightn"):
        tb.callbacks.lightning()
