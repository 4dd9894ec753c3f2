import copy
import pickle
import sys
import warnings

import pytest

import trackbook as tb

pytestmark = pytest.mark.frameworks


@pytest.fixture(scope="module")
def tf():
    return pytest.importorskip("transformers")


@pytest.fixture
def model(tf):
    tf.set_seed(0)
    config = tf.BertConfig(
        vocab_size=16, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8,
        max_position_embeddings=8,
    )  # fmt: skip
    return tf.BertForSequenceClassification(config)


@pytest.fixture
def trainer(tf, model, tmp_path):
    data = [{"input_ids": [1, 2, number % 13, 3], "labels": number % 2} for number in range(8)]

    def make(*callbacks, compute_metrics=None, **arguments):
        arguments = {
            "output_dir": str(tmp_path / "out"), "num_train_epochs": 2, "per_device_train_batch_size": 4,
            "logging_steps": 1, "eval_strategy": "no", "save_strategy": "no", "report_to": [], "use_cpu": True,
            "disable_tqdm": True, "learning_rate": 1e-3, "dataloader_pin_memory": False,
        } | arguments  # fmt: skip
        ours = tf.Trainer(
            model, tf.TrainingArguments(**arguments), train_dataset=data, eval_dataset=data,
            callbacks=list(callbacks), compute_metrics=compute_metrics,
        )  # fmt: skip
        ours.remove_callback(tf.PrinterCallback)
        return ours

    return make


def heard(trainer, name):
    return [(entry["step"], entry[name]) for entry in trainer.state.log_history if name in entry]


def test_every_metric_is_there_as_in_the_log_history(trainer, points, steps):
    ours = trainer(tb.callbacks.transformers(), eval_strategy="epoch")
    with tb.start_run():
        ours.train()
    for name in ("loss", "learning_rate", "grad_norm", "eval_loss", "epoch", "train_loss", "train_runtime"):
        expected = heard(ours, name)
        assert expected
        assert steps(name) == [step for step, _ in expected]
        assert points(name) == pytest.approx([value for _, value in expected])
    assert steps("loss") == [1, 2, 3, 4]
    assert steps("eval_loss") == [2, 4]


def test_params_are_what_differs_from_the_default_and_the_models_size(trainer, model):
    with tb.start_run():
        trainer(tb.callbacks.transformers(), warmup_steps=2, lr_scheduler_type="cosine").train()
    params = tb.get_run("last").params
    expected = {
        "learning_rate": 1e-3, "num_train_epochs": 2, "per_device_train_batch_size": 4, "seed": 42, "warmup_steps": 2,
        "lr_scheduler_type": "cosine", "model_type": "bert", "num_hidden_layers": 1, "hidden_size": 8,
        "num_parameters": model.num_parameters(),
    }  # fmt: skip
    assert expected.items() <= params.items()
    assert "weight_decay" not in params


def test_params_have_no_paths_and_no_secrets(trainer, tmp_path):
    with tb.start_run():
        ours = trainer(
            tb.callbacks.transformers(), hub_token="hf_abcdefghijklmnopqrstuvwxyz", resume_from_checkpoint=None,
            run_name="mine", hub_model_id="me/private",
        )  # fmt: skip
        ours.model.config._name_or_path = str(tmp_path / "model")
        ours.train()
    run = tb.get_run("last")
    kept = {**run.params, **run.defaults}
    assert not [value for value in kept.values() if "hf_" in str(value) or str(tmp_path) in str(value)]
    assert {"output_dir", "hub_model_id", "hub_token", "run_name", "model", "report_to"}.isdisjoint(kept)


def test_a_model_from_the_hub_has_its_name(trainer):
    ours = trainer(tb.callbacks.transformers(), max_steps=1)
    ours.model.config._name_or_path = "google/bert_uncased_L-2"
    with tb.start_run():
        ours.train()
    assert tb.get_run("last").params["model"] == "google/bert_uncased_L-2"


def test_the_best_metric_is_kept_and_which_way_it_is_up(trainer, points):
    values = iter([0.5, 0.25])
    ours = trainer(
        tb.callbacks.transformers(), compute_metrics=lambda _: {"mine": next(values)}, eval_strategy="epoch",
        save_strategy="epoch", load_best_model_at_end=True, metric_for_best_model="mine", greater_is_better=True,
    )  # fmt: skip
    with tb.start_run():
        ours.train()
    assert points("eval_mine") == [0.5, 0.25]
    assert points("best_metric") == [0.5]
    assert points("best_global_step") == [2]
    assert len(tb.runs("metrics.eval_mine.best = 0.5")) == 1


def test_an_evaluation_outside_a_training_logs_too(trainer, points):
    ours = trainer(tb.callbacks.transformers(), max_steps=1)
    with tb.start_run("training"):
        ours.train()
    with tb.start_run("evaluation"):
        result = ours.evaluate()
    assert points("eval_loss", "evaluation") == pytest.approx([result["eval_loss"]])
    assert points("eval_loss", "training") == []


def test_a_second_training_in_one_run_goes_on_where_the_first_ended(trainer, points, steps):
    ours = trainer(tb.callbacks.transformers(), eval_strategy="epoch")
    with tb.start_run():
        ours.train()
        ours.train()
        ours.evaluate()
    assert steps("loss") == [1, 2, 3, 4, 5, 6, 7, 8]
    assert steps("eval_loss") == [2, 4, 6, 8, 8]


def test_a_training_resumed_from_a_checkpoint_keeps_its_steps(trainer, steps, tmp_path):
    with tb.start_run():
        trainer(tb.callbacks.transformers(), save_strategy="epoch", num_train_epochs=1).train()
        trainer(tb.callbacks.transformers()).train(resume_from_checkpoint=str(tmp_path / "out" / "checkpoint-2"))
    assert steps("loss") == [1, 2, 3, 4]


def test_a_prefix_keeps_two_trainings_apart(trainer, steps):
    with tb.start_run():
        trainer(tb.callbacks.transformers(prefix="fold_1."), max_steps=2).train()
        trainer(tb.callbacks.transformers(prefix="fold_2."), max_steps=2).train()
    assert steps("fold_1.loss") == steps("fold_2.loss") == [1, 2]


def test_without_a_run_there_is_one_warning_and_the_same_training(tf, trainer, model, nothing_was_kept):
    start = copy.deepcopy(model.state_dict())

    def losses(*callbacks):
        model.load_state_dict(start)
        ours = trainer(*callbacks)
        ours.train()
        return heard(ours, "loss")

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = losses(tb.callbacks.transformers())
    assert result == losses()
    ours = [str(warning.message) for warning in caught if warning.category is tb.TrackbookWarning]
    assert len(ours) == 1
    assert "trackbook.callbacks.transformers() needs a run" in ours[0]
    nothing_was_kept()


def test_a_store_that_fails_does_not_stop_the_training(trainer, broken_store):
    ours = trainer(tb.callbacks.transformers())
    with tb.start_run(), pytest.warns(UserWarning, match="the disk went away"), broken_store():
        ours.train()
    assert ours.state.global_step == 4


def test_a_callback_can_be_pickled_after_a_training(trainer, steps):
    callback = tb.callbacks.transformers()
    with tb.start_run():
        trainer(callback, max_steps=1).train()
        trainer(pickle.loads(pickle.dumps(callback)), max_steps=1).train()
    assert steps("loss") == [1, 2]


def test_without_transformers_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(ImportError, match=r"\.transformers\(\) needs transformers: pip install transformers\."):
        tb.callbacks.transformers()
