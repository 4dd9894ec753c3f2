"""Files that a cell reads are found by what its names hold, and nothing of the user's is executed for it."""

from __future__ import annotations

import linecache
from pathlib import Path
from types import SimpleNamespace

import pytest

from trackbook.capture.files import files_read


class Config:
    DATA = "cfg/a.csv"


NAMESPACE = {
    "DATA": "data/a.csv",
    "ROOT": Path("root"),
    "YEAR": 2024,
    "FILES": ["one.csv", Path("two.csv")],
    "PARTS": {"train": "train.csv", "test": "test.csv"},
    "cfg": {"data": {"path": "deep.csv"}},
    "args": SimpleNamespace(data="args.csv"),
    "Config": Config,
    "df": object(),
}


@pytest.mark.parametrize(
    ("cell", "files"),
    [
        pytest.param("pd.read_csv('x.csv')", ["x.csv"], id="as written"),
        pytest.param("pd.read_csv(DATA)", ["data/a.csv"], id="a name of another cell"),
        pytest.param("pl.scan_parquet(source=DATA)", ["data/a.csv"], id="a keyword"),
        pytest.param("pq.read_table(ROOT / 'x.parquet')", ["root/x.parquet"], id="a path and a name"),
        pytest.param("np.load(f'{ROOT}/{YEAR}-{YEAR:05d}.npy')", ["root/2024-02024.npy"], id="an f-string"),
        pytest.param("pd.read_csv(os.path.join(ROOT, 'raw', DATA))", ["root/raw/data/a.csv"], id="os.path.join"),
        pytest.param("pd.read_csv(str(ROOT) + '/' + DATA)", ["root/data/a.csv"], id="added up"),
        pytest.param("pd.read_csv(ROOT.parent.joinpath('b').with_suffix('.csv'))", ["b.csv"], id="a path's own words"),
        pytest.param("open(DATA)", ["data/a.csv"], id="open"),
        pytest.param("with open(DATA) as f:\n    f.read()", ["data/a.csv"], id="open in a block"),
        pytest.param("pickle.load(open(DATA, 'rb'))", ["data/a.csv"], id="open within"),
        pytest.param("(ROOT / 'x.txt').read_text()", ["root/x.txt"], id="a path that reads itself"),
        pytest.param("(ROOT / 'x.txt').open()", ["root/x.txt"], id="a path that opens itself"),
        pytest.param("pd.read_csv(cfg['data']['path'])", ["deep.csv"], id="a configuration"),
        pytest.param("pd.read_csv(args.data)", ["args.csv"], id="arguments"),
        pytest.param("pd.read_csv(Config.DATA)", ["cfg/a.csv"], id="a class of constants"),
        pytest.param("p = ROOT / DATA\nq = p\npd.read_csv(q)", ["root/data/a.csv"], id="a name on the way"),
        pytest.param("p = 'a'\nopen(p)\np = 'b'\nopen(p)", ["a", "b"], id="one name, two files"),
        pytest.param("for f in FILES:\n    pd.read_csv(f)", ["one.csv", "two.csv"], id="a loop"),
        pytest.param("[pd.read_csv(ROOT / f) for f in FILES]", ["root/one.csv", "root/two.csv"], id="a comprehension"),
        pytest.param("{k: pd.read_csv(v) for k, v in PARTS.items()}", ["train.csv", "test.csv"], id="a dict"),
        pytest.param("for k in PARTS:\n    open(PARTS['test'])", ["test.csv"], id="a dict's keys"),
        pytest.param("for n, f in enumerate(FILES):\n    open(f)", ["one.csv", "two.csv"], id="enumerate"),
        pytest.param("for a, b in zip(FILES, ['x', 'y']):\n    open(b)", ["x", "y"], id="zip"),
        pytest.param("[open(f'{n}.csv') for n in range(2)]", ["0.csv", "1.csv"], id="range"),
        pytest.param("pl.read_csv(FILES)", ["one.csv", "two.csv"], id="a list"),
        pytest.param("load_dataset('csv', data_files={'a': 'x.csv'})", ["csv", "x.csv"], id="a dict of files"),
        pytest.param("def load(p=DATA):\n    return open(p)\nload()\nload('b')", ["data/a.csv", "b"], id="a function"),
        pytest.param(
            "def load(p):\n    q = ROOT / p\n    return open(q)\nload(p='b')", ["root/b"], id="with a keyword"
        ),
        pytest.param("def load(DATA):\n    return open(DATA)\nload(df)", [], id="a parameter hides a name"),
        pytest.param("def load():\n    DATA = df\n    open(DATA)\nload()", [], id="so does a function's own name"),
        pytest.param("def f():\n    f()\n    open(DATA)\nf()", ["data/a.csv"], id="a function that calls itself"),
        pytest.param("%%time\ndf = pd.read_csv(DATA)", ["data/a.csv"], id="below a magic"),
        pytest.param("def unused():\n    open(DATA)", [], id="nobody calls it"),
        pytest.param("open(DATA, 'w')\nopen(DATA, mode='a')\n(ROOT / 'x').open('w')", [], id="written"),
        pytest.param("df.to_csv(DATA)\nprint(DATA)", [], id="no reading"),
        pytest.param("open(unknown)\nopen(df)\nopen(DATA.missing)\nopen(FILES[9])\nopen(1 / 0)", [], id="unknown"),
        pytest.param("PATH = 'a' + '.csv'\ndf = pd.read_csv(PATH)", ["a.csv"], id="through a constant"),
        pytest.param("pl.scan_parquet('nowhere/*.parquet')", ["nowhere/*.parquet"], id="a pattern that nothing fits"),
        pytest.param("open(", [], id="no Python"),
    ],
)
def test_files_are_found(cell, files):
    assert files_read(cell, NAMESPACE) == files


def test_a_pattern_means_the_files_that_fit_it(tmp_path):
    for name in ("b.csv", "a.csv", "c.txt"):
        (tmp_path / name).touch()
    wanted = [str(tmp_path / "a.csv"), str(tmp_path / "b.csv")]
    for over in ("sorted(DIR.glob('*.csv'))", "glob.glob(f'{DIR}/*.csv')", "glob(os.path.join(DIR, '*.csv'))"):
        assert files_read(f"[pd.read_csv(f) for f in {over}]", {"DIR": tmp_path}) == wanted
    assert files_read("pl.scan_csv(f'{DIR}/*.csv')", {"DIR": tmp_path}) == wanted
    every = files_read("for f in os.listdir(DIR):\n    open(DIR / f)", {"DIR": tmp_path})
    assert every == [*wanted, str(tmp_path / "c.txt")]
    assert files_read("[open(f) for f in DIR.glob('**/*')]", {"DIR": tmp_path}) == []


def test_a_function_of_another_cell_is_looked_into():
    namespace = dict(NAMESPACE)
    source = "def load(name, folder=ROOT):\n    path = folder / f'{name}.csv'\n    return read_csv(path)\n"
    linecache.cache["a cell"] = (len(source), None, source.splitlines(keepends=True), "a cell")
    exec(compile(source, "a cell", "exec"), namespace)
    assert files_read("df = load('x')", namespace) == ["root/x.csv"]


def test_no_code_of_the_user_runs():
    def bomb(*_):
        raise AssertionError

    hostile = type(
        "Hostile", (str,), dict.fromkeys(("__str__", "__format__", "__add__", "__radd__", "__getattr__"), bomb)
    )
    path = type("HostilePath", (type(Path()),), dict.fromkeys(("__str__", "__truediv__", "__fspath__"), bomb))
    namespace = {"s": hostile("x"), "p": path("x"), "o": type("O", (), {"__getattribute__": bomb})()}
    for argument in ("s", "p", "f'{s}'", "s + 'a'", "p / 'a'", "o.path", "o['a']", "str(s)", "p.parent", "[s, p]"):
        assert files_read(f"open({argument})", namespace) == []


def test_no_code_is_too_odd():
    for path in sorted(Path(linecache.__file__).parent.glob("*.py"))[:60]:
        source = path.read_text(errors="replace")
        files_read(source, {"path": source})
        files_read(source[: len(source) // 2], {})
    assert files_read("open(" + "+".join(["DATA"] * 5000) + ")", NAMESPACE) == []
