"""What a cell's source shows before anything is executed."""

import ast
import timeit
import warnings

import pytest

from trackbook.capture.cell import analyse
from trackbook.capture.facts import Edit, How, Origin


@pytest.mark.parametrize(
    ("cell", "constants"),
    [
        pytest.param("lr = 1e-3", {"lr": 1e-3}, id="plain number"),
        pytest.param("lr = pick()", {}, id="a call is none"),
        pytest.param("lr: float = 0.1", {"lr": 0.1}, id="annotated"),
        pytest.param("lr: float", {}, id="annotated without a value"),
        pytest.param("low = -1", {"low": -1}, id="negative"),
        pytest.param("a, b = 1, 'two'", {"a": 1, "b": "two"}, id="unpacked"),
        pytest.param("(a, [b, c]) = 1, (2, None)", {"a": 1, "b": 2, "c": None}, id="unpacked twice"),
        pytest.param("a = b = 3", {"a": 3, "b": 3}, id="chained"),
        pytest.param("lr = 10 ** -3", {"lr": 10**-3}, id="a power"),
        pytest.param("n = 60 * 60 + 1", {"n": 3601}, id="arithmetic"),
        pytest.param("a = 2\nb = a * 4", {"a": 2, "b": 8}, id="arithmetic of constants of the cell"),
        pytest.param("a = 2 + x", {}, id="arithmetic with a name from elsewhere"),
        pytest.param("ratio = 1 / 0", {}, id="a division that cannot be"),
        pytest.param("big = 10 ** 10 ** 10", {}, id="a power that nobody can reckon"),
        pytest.param("layers = [64, 32]", {"layers": [64, 32]}, id="short list"),
        pytest.param("size = (28, 28)", {"size": [28, 28]}, id="short tuple"),
        pytest.param(f"data = {list(range(17))}", {}, id="a longer list is data"),
        pytest.param("best = float('inf')", {"best": float("inf")}, id="infinity"),
        pytest.param("best = np.inf", {"best": float("inf")}, id="numpy's infinity"),
        pytest.param("n = int(1e6)", {"n": 1_000_000}, id="a cast of a literal"),
        pytest.param("name = 'a' 'b'", {"name": "ab"}, id="joined text"),
        pytest.param(f"text = {'x' * 251!r}", {}, id="a text over 250 characters"),
        pytest.param("raw = b'abc'", {}, id="bytes"),
        pytest.param("cfg = {'lr': 0.1, 'net': {'depth': 3}}", {"cfg": {"lr": 0.1, "net": {"depth": 3}}}, id="dict"),
        pytest.param("cfg = dict(lr=0.1, tags=['a'])", {"cfg": {"lr": 0.1, "tags": ["a"]}}, id="dict(...)"),
        pytest.param("cfg = {'lr': 0.1, 'net': make()}", {"cfg": {"lr": 0.1}}, id="a dict's constant entries"),
        pytest.param("out = {'acc': score()}", {}, id="a dict of computed entries"),
        pytest.param("i = 0\ni += 1", {}, id="a counter"),
        pytest.param("best = 0\nfor s in scores:\n    best = max(best, s)", {}, id="a running best"),
        pytest.param("for lr in [0.1, 0.2]:\n    pass", {}, id="a loop target"),
        pytest.param("def f():\n    x = 1", {}, id="inside a function"),
        pytest.param("lr = 1\ndel lr", {}, id="deleted again"),
        pytest.param("%matplotlib inline\nlr = 0.1\n!ls", {"lr": 0.1}, id="among IPython's lines"),
        pytest.param("%%time\nlr = 0.1", {"lr": 0.1}, id="under %%time"),
        pytest.param("%%track base --tag a=b\n\nlr = 0.1", {"lr": 0.1}, id="under %%track"),
        pytest.param("%%track\n%%time\nlr = 0.1", {"lr": 0.1}, id="under both"),
        pytest.param("get_ipython().run_cell_magic('time', '', 'lr = 0.1\\n')", {"lr": 0.1}, id="transformed %%time"),
        pytest.param("%%bash\nlr=0.1", {}, id="another language"),
        pytest.param("x = await fetch()\nlr = 0.1", {"lr": 0.1}, id="beside a top-level await"),
        pytest.param("df?\nlr = 0.1", {"lr": 0.1}, id="beside a question"),
        pytest.param("lr = = 0.1", {}, id="no Python"),
        pytest.param("", {}, id="nothing"),
    ],
)
def test_constants_are_read_from_the_source(cell, constants):
    assert analyse(cell).constants == constants


@pytest.mark.parametrize(
    ("cell", "how"),
    [
        pytest.param("x = 1", How.CONSTANT, id="constant"),
        pytest.param("x = f()", How.COMPUTED, id="computed"),
        pytest.param("for x in y:\n    pass", How.LOOP, id="loop target"),
        pytest.param("for i, (x, z) in y:\n    pass", How.LOOP, id="unpacked loop target"),
        pytest.param("import x", How.IMPORT, id="import"),
        pytest.param("import y as x", How.IMPORT, id="import under another name"),
        pytest.param("import x.y", How.IMPORT, id="import of a submodule"),
        pytest.param("from y import x", How.IMPORT, id="import from"),
        pytest.param("def x(): pass", How.DEFINITION, id="function"),
        pytest.param("class x: pass", How.DEFINITION, id="class"),
        pytest.param("x = 1\nx += 1", How.AUGMENTED, id="augmented"),
        pytest.param("with open('f') as x:\n    pass", How.COMPUTED, id="with"),
        pytest.param("if (x := f()):\n    pass", How.COMPUTED, id="walrus"),
        pytest.param("match y:\n    case {'a': x}:\n        pass", How.COMPUTED, id="match"),
        pytest.param("try:\n    x = f()\nexcept E:\n    x = None", How.COMPUTED, id="with a way out"),
        pytest.param("x = 1 if fast else 2", How.CONSTANT, id="one of two constants"),
    ],
)
def test_a_name_is_known_by_how_it_was_bound(cell, how):
    assert analyse(cell).bound["x"].how is how


@pytest.mark.parametrize(
    ("value", "origin"),
    [
        pytest.param("len(df)", Origin.ASIDE, id="length"),
        pytest.param("df.shape[0]", Origin.ASIDE, id="shape"),
        pytest.param("int(len(df) * 0.8)", Origin.ASIDE, id="part of a length"),
        pytest.param("max(1, len(df) // 2)", Origin.ASIDE, id="at least one"),
        pytest.param("time.time()", Origin.CLOCK, id="time stamp"),
        pytest.param("n / (time.perf_counter() - t0)", Origin.SPAN, id="throughput"),
        pytest.param("random.random()", Origin.ASIDE, id="random number"),
        pytest.param("a * 2 + b", Origin.NAME, id="arithmetic of names"),
        pytest.param("cfg['lr']", Origin.ITEM, id="key"),
        pytest.param("cfg.get('lr', 0.1)", Origin.ITEM, id="get"),
        pytest.param("grid.best_score_", Origin.ITEM, id="attribute"),
        pytest.param("accuracy_score(y, p)", Origin.COMPUTED, id="call"),
        pytest.param("float(accuracy_score(y, p)) * 100", Origin.COMPUTED, id="cast of a call"),
        pytest.param("f() / len(y)", Origin.COMPUTED, id="mean by hand"),
    ],
)
def test_a_value_is_known_by_what_it_is_made_of(value, origin):
    assert analyse(f"x = {value}").bound["x"].origin is origin


@pytest.mark.parametrize(
    ("cell", "reads"),
    [
        pytest.param("y = x + 1", ("x",), id="a name from elsewhere"),
        pytest.param("x = 1\ny = x", (), id="a name of the cell"),
        pytest.param("y = x\nx = 1", ("x",), id="read before it is bound"),
        pytest.param("x += 1", ("x",), id="augmented"),
        pytest.param("print(len(x))", ("x",), id="built-ins are not counted"),
        pytest.param("def f():\n    return lr", (), id="a function that nobody calls"),
        pytest.param("def f():\n    return lr\nf()", ("lr",), id="a function that is called"),
        pytest.param("def f(a, b=size):\n    return a\n", ("size",), id="a default is read at once"),
        pytest.param("def f(a):\n    b = a\n    return b\nf(x)", ("x",), id="a function's own names"),
        pytest.param(
            "def f():\n    return g()\ndef g():\n    return lr\nf()", ("lr",), id="a function through another"
        ),
        pytest.param("g = lambda a: a + lr", ("lr",), id="lambda"),
        pytest.param("[a * k for a in xs if a > low]", ("xs", "low", "k"), id="comprehension"),
        pytest.param("class Net(Base):\n    def f(self):\n        return lr\nNet()", ("Base", "lr"), id="class"),
        pytest.param("clf.score(X_test, y_test)", ("clf", "X_test", "y_test"), id="in the order of the text"),
        pytest.param("cfg['a'] = 1", ("cfg",), id="putting into something reads it"),
        pytest.param("print(f'{acc:.{digits}f}')", ("acc", "digits"), id="f-string"),
        pytest.param("try:\n    f(x)\nexcept E as e:\n    print(e)", ("f", "x", "E"), id="a handler's own name"),
        pytest.param("%time clf.fit(X)", ("clf", "X"), id="behind a line magic"),
    ],
)
def test_outer_names_that_the_cell_reads(cell, reads):
    assert analyse(cell).reads == reads


@pytest.mark.parametrize(
    ("cell", "fits"),
    [
        pytest.param("clf.fit(X, y)", ("clf",), id="fit"),
        pytest.param("Xs = scaler.fit_transform(X)", ("scaler",), id="fit_transform"),
        pytest.param("clf = Forest(max_depth=3).fit(X, y)", ("Forest()",), id="built and fitted at once"),
        pytest.param("train(model, loader)", ("model", "loader"), id="a training function"),
        pytest.param("def go():\n    clf.fit(X)\ngo()", ("clf",), id="inside a function that is called"),
        pytest.param("def go():\n    clf.fit(X)", (), id="inside a function that is not"),
        pytest.param("clf.score(X, y)", (), id="score"),
        pytest.param("%time clf.fit(X, y)", ("clf",), id="timed"),
    ],
)
def test_what_the_cell_fits(cell, fits):
    assert analyse(cell).fits == fits


@pytest.mark.parametrize(
    ("cell", "scores"),
    [
        pytest.param("clf.score(X, y)", True, id="score"),
        pytest.param("print(accuracy_score(y, p))", True, id="a score function"),
        pytest.param("cross_val_score(clf, X, y)", True, id="cross validation"),
        pytest.param("model.evaluate(X)", True, id="evaluate"),
        pytest.param("scoreboard(x)", False, id="only the letters"),
        pytest.param("df.head()", False, id="nothing of it"),
    ],
)
def test_whether_the_cell_scores(cell, scores):
    assert analyse(cell).scores is scores


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        pytest.param("clf.score(X_test, y_test)", "test_score", id="score on test data"),
        pytest.param("clf.score(X_train, y_train)", "train_score", id="score on training data"),
        pytest.param("clf.score(X_te, y_te)", "test_score", id="short split"),
        pytest.param("clf.score(Xtest, ytest)", "test_score", id="glued split"),
        pytest.param("clf.score(testX, testY)", "test_score", id="camel case"),
        pytest.param("clf.score(X, y)", "score", id="no split"),
        pytest.param("clf.score(data['valid'], y_valid)", "valid_score", id="split by key"),
        pytest.param("clf.score(splits.dev.X, splits.dev.y)", "dev_score", id="split by attribute"),
        pytest.param("clf.score(X_train, y_test)", "score", id="contradicting splits"),
        pytest.param("accuracy_score(y_test, pred)", "test_accuracy", id="accuracy"),
        pytest.param("accuracy_score(y_test, clf.predict(X_test))", "test_accuracy", id="accuracy of a prediction"),
        pytest.param("metrics.roc_auc_score(y, p)", "roc_auc", id="roc_auc"),
        pytest.param("f1_score(y_val, p)", "val_f1", id="f1"),
        pytest.param("mean_squared_error(y, p)", "mean_squared_error", id="an error keeps its name"),
        pytest.param("compute_auc(y, p)", "auc", id="a verb in front"),
        pytest.param("test_accuracy(y_test)", "test_accuracy", id="the split is there already"),
        pytest.param("cross_val_score(clf, X_train, y_train)", "cross_val_score", id="folds are held out"),
        pytest.param("cross_val_score(clf, X, y).mean()", "cross_val_score.mean", id="mean of folds"),
        pytest.param("cross_val_score(clf, X, y, scoring='f1').mean()", "cross_val_f1.mean", id="another scoring"),
        pytest.param(
            "np.mean([cross_val_score(m, X[a], y[a]).mean() for a, b in folds])",
            "cross_val_score.mean",
            id="nested folds",
        ),
        pytest.param("max(cross_val_score(m(c), X, y).mean() for c in cs)", "cross_val_score.mean.max", id="best of"),
        pytest.param("[accuracy_score(y[b], p(X[b])) for a, b in folds]", "accuracy", id="a comprehension"),
        pytest.param("scores['test_score'].mean()", "test_score.mean", id="mean of an entry"),
        pytest.param("np.abs(y_test - pred).mean()", "test_mean_absolute_error", id="absolute error by hand"),
        pytest.param("np.sqrt(((y_test - pred) ** 2).mean())", "test_root_mean_squared_error", id="root by hand"),
        pytest.param(
            "sum(abs(p - t) for p, t in zip(pred, y)) / len(y)", "mean_absolute_error", id="by hand, in Python"
        ),
        pytest.param("(a - b).mean()", "(a - b).mean", id="a mean of arithmetic"),
        pytest.param("f1_score(y_test, p) - f1_score(y_train, q)", "test_f1 - train_f1", id="a difference of scores"),
        pytest.param("report['macro avg']['f1-score']", "macro avg.f1-score", id="an entry of an entry"),
        pytest.param("max(acc, other)", "max(acc, other)", id="the greater of two"),
        pytest.param(
            "a_very_long_name + another_very_long_name + the_third_of_them", "result", id="longer than a line"
        ),
        pytest.param("pd.DataFrame(cross_validate(clf, X_train)).mean()", "DataFrame.mean", id="a frame of folds"),
        pytest.param("np.mean(scores)", "scores.mean", id="mean by numpy"),
        pytest.param("scores.mean()", "scores.mean", id="mean by method"),
        pytest.param("(y_test == clf.predict(X_test)).mean()", "test_accuracy", id="accuracy by hand"),
        pytest.param("np.mean(y_test != pred)", "test_error_rate", id="error by hand"),
        pytest.param("np.sqrt(mean_squared_error(y_test, p))", "test_root_mean_squared_error", id="root"),
        pytest.param("mean_squared_error(y, p) ** 0.5", "root_mean_squared_error", id="root as a power"),
        pytest.param("metrics['auc']", "auc", id="key"),
        pytest.param("history.history['val_loss'][-1]", "val_loss", id="last of a series"),
        pytest.param("results.loc['forest', 'acc']", "forest.acc", id="cell of a frame"),
        pytest.param("grid.best_score_", "best_score", id="attribute"),
        pytest.param("acc", "acc", id="bare name"),
        pytest.param("round(acc, 3)", "acc", id="rounded"),
        pytest.param("float(clf.score(X_test, y_test))", "test_score", id="cast"),
        pytest.param("loss.item()", "loss", id="tensor's item"),
        pytest.param("loss.detach().cpu().numpy()", "loss", id="tensor to numpy"),
        pytest.param("100 * acc", "acc", id="per cent"),
        pytest.param("acc * 100", "acc", id="per cent, turned"),
        pytest.param("-neg_mse", "mse", id="turned round again"),
        pytest.param("-log_loss(y_test, p)", "test_neg_log_loss", id="turned round"),
        pytest.param("hits / total", "hits / total", id="arithmetic keeps its text"),
        pytest.param("1 - acc", "1 - acc", id="not the same as acc"),
        pytest.param("await evaluate(X_test)", "test_evaluate", id="awaited"),
    ],
)
def test_the_last_expression_is_named_after_what_it_says(cell, name):
    assert analyse(f"x = 1\n{cell}").last.name == name


def test_the_parts_of_a_tuple_are_named_by_themselves():
    last = analyse("clf.score(X_train, y_train), clf.score(X_test, y_test), len(X_test)").last
    assert last.elements == ("train_score", "test_score", "")


def test_the_last_expression_tells_its_call_and_arguments():
    last = analyse("pipe.named_steps['clf'].score(X_test[cols], y_test)").last
    assert (last.call, last.receiver) == ("pipe.named_steps[].score", "pipe.named_steps[]")
    assert last.args == ("X_test", "cols", "y_test")
    assert last.source == "pipe.named_steps['clf'].score(X_test[cols], y_test)"


@pytest.mark.parametrize("cell", ["x = 1", "clf.score(X, y)\nx = 1", "for i in x:\n    i", "def f(): pass", ""])
def test_a_cell_that_ends_in_a_statement_has_no_last_expression(cell):
    assert analyse(cell).last is None


def test_what_is_put_into_a_container_is_an_edit_or_fills_it():
    facts = analyse("cfg['net']['depth'] = 3\nargs.lr = 0.1\nresults['rf'] = score()\nlosses.append(x)")
    assert facts.edits == (Edit("cfg", ("net", "depth"), 3), Edit("args", ("lr",), 0.1))
    assert facts.filled == {"results", "losses"}


def test_analysing_does_not_warn_the_user_a_second_time(recwarn):
    analyse("pattern = '\\d+'")
    assert len(recwarn) == 0


def test_a_usual_escape_does_not_make_python_forget_what_it_has_warned_of():
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("default")
        for _ in range(2):
            warnings.warn("only once", UserWarning, stacklevel=1)
            analyse(r"""print('a\tb\n', "it\'s", b'\x00')""")
    assert len(shown) == 1


def test_a_cell_with_a_long_table_typed_in_costs_little_more_than_parsing_it():
    cell = f"data = {list(range(20_000))}\nclf.fit(data)\nclf.score(data)"
    parsing = min(timeit.repeat(lambda: ast.parse(cell), number=1, repeat=3))
    analysing = min(timeit.repeat(lambda: analyse(cell), number=1, repeat=3))
    assert analyse(cell).fits == ("clf",)
    assert analysing < 4 * parsing


def test_facts_hold_no_syntax_trees():
    facts = analyse("x = f(1)\nx + 1")
    held = [*facts.bound.values(), *facts.calls, facts.last]
    assert not any(isinstance(getattr(item, name), ast.AST) for item in held for name in item.__slots__)
