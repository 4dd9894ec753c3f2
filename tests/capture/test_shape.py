"""Which cells count as attempts of one another."""

import pytest

from trackbook.capture.shape import shape_hash


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("lr = 0.1", "lr = 0.2", id="number"),
        pytest.param("lr = 1", "lr = -1", id="sign"),
        pytest.param("lr = 1", "lr = 'one'", id="kind of literal"),
        pytest.param("f(True)", "f(None)", id="named literal"),
        pytest.param("x = 1  # one", "# nothing\nx=1", id="comment"),
        pytest.param("f(a,b)", "f(\n    a,\n    b,\n)", id="layout"),
        pytest.param("x = 'a'", 'x = "a"', id="quotes"),
        pytest.param("f([64, 32])", "f([128])", id="list of literals"),
        pytest.param("f((64, 32))", "f((64,))", id="tuple of literals"),
        pytest.param("c = {'lr': 1}", "c = {'lr': 1, 'm': [2]}", id="dict of literals"),
        pytest.param("print(f'{x} a')", "print(f'b {x}')", id="text of an f-string"),
        pytest.param("def f():\n    'One.'\n    return 1", "def f():\n    'Two.'\n    return 2", id="docstring"),
        pytest.param("%%track a\nx = 1", "%%track b --tag c=d\nx = 2", id="the %%track line"),
        pytest.param("%%track a\nx = 1", "\nx = 2", id="with and without the %%track line"),
        pytest.param("!pip install a\nx = 1", "!pip install b\nx = 2", id="shell command"),
        pytest.param("%time f(1)", "f(2)", id="timed"),
        pytest.param("lr = = 1", "lr =   =\t1\n", id="white space of what is no Python"),
    ],
)
def test_near_equal_cells_have_one_shape(one, other):
    assert shape_hash(one) == shape_hash(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("lr = 1", "rate = 1", id="name"),
        pytest.param("f(lr=1)", "f(rate=1)", id="keyword"),
        pytest.param("a.fit(X)", "a.score(X)", id="attribute"),
        pytest.param("f(a)", "f(a, b)", id="argument"),
        pytest.param("f(1)", "f(1, 2)", id="one literal more"),
        pytest.param("a + b", "a - b", id="operator"),
        pytest.param("x = 1", "x = 1\ny = 2", id="statement"),
        pytest.param("x = 1", "x += 1", id="augmented"),
        pytest.param("[a, 1]", "[b, 1]", id="list with a name"),
        pytest.param("print(f'{x}')", "print(f'{y}')", id="name in an f-string"),
        pytest.param("%matplotlib inline", "%autoreload 2", id="magic"),
        pytest.param("import a", "import b", id="import"),
        pytest.param("f(*a)", "f(**a)", id="stars"),
        pytest.param("[a, b]", "(a, b)", id="list and tuple of names"),
        pytest.param("lr = = 1", "lr = = 2", id="text of what is no Python"),
        pytest.param("if a:\n    f()\ng()", "if a:\n    f()\n    g()", id="indentation"),
        pytest.param("", "x", id="nothing and something"),
    ],
)
def test_other_cells_have_other_shapes(one, other):
    assert shape_hash(one) != shape_hash(other)


def test_a_shape_outlives_the_process_and_the_interpreter():
    cell = "async def f(a, /, *b, c: int = 1) -> int:\n    return [f'{x!r}' for x in a]\nclass A(B): pass\nf(-1)[1:2]"
    assert shape_hash(cell)[:12] == "65cfbcf0f974"
