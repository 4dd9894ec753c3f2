"""Cells of every kind, in one notebook's order: each is run bare and tracked.

BODY cells get a first line (`%%track`, or a comment where the cell is bare, indented as the cell is); where
the cell is a cell magic itself, the bare cell has none. `interrupt` cells print "started".
"""

from __future__ import annotations

from typing import NamedTuple


class Cell(NamedTuple):
    """A cell and what its test has to know."""

    name: str
    body: str
    interrupt: bool = False
    margin: str = ""
    """What IPython takes off the beginning of the cell's lines."""

    @property
    def is_magic(self) -> bool:
        return self.body.startswith("%%")


CELLS = [
    Cell("print", "print('one')\nprint('two', end='')"),
    Cell("stderr", "import sys\nprint('out')\nprint('err', file=sys.stderr)"),
    Cell("a value", "21 * 2"),
    Cell("the last values", "_, __, Out[max(Out)], len(In)"),
    Cell("text of inputs", "_i.splitlines()[-1], In[-2].splitlines()[-1]"),
    Cell("a silenced value", "43;"),
    Cell("a silenced value with a comment", "44;  # not shown"),
    Cell("None", "None"),
    Cell("an error", "x = 1\n\n1 / 0"),
    Cell("an error in a function", "def inner(n):\n    return 1 / n\n\ndef outer():\n    return inner(0)\n\nouter()"),
    Cell("an error in a function of an earlier cell", "print('before')\nouter()"),
    Cell("raise at the end", "y = 2\nraise ValueError('no rows')"),
    Cell(
        "a chained error", "try:\n    {}['a']\nexcept KeyError as error:\n    raise RuntimeError('wrapped') from error"
    ),
    Cell("an exception group", "raise ExceptionGroup('two', [ValueError('a'), TypeError('b')])"),
    Cell("a syntax error", "z = 1\nz = = 2"),
    Cell("an indentation error", "if True:\nprint(1)"),
    Cell("a half cell", "(1 +"),
    Cell("an unknown name", "does_not_exist"),
    Cell("await", "import asyncio\nawait asyncio.sleep(0, 'slept')"),
    Cell("await, silenced", "await asyncio.sleep(0, 'slept');"),
    Cell("await that fails", "async def fails():\n    raise KeyError('k')\n\nawait fails()"),
    Cell("async for", "async def count():\n    yield 1\n    yield 2\n\nasync for n in count():\n    print(n)\nn"),
    Cell("a task that prints", "async def talk():\n    print('task')\n\nawait asyncio.create_task(talk())"),
    Cell("an interrupted sleep", "import time\nprint('started')\ntime.sleep(30)", interrupt=True),
    # ipykernel notices an interrupt only when its loop next wakes, so this one sleeps in small steps.
    Cell("an interrupted await", "print('started')\nwhile True:\n    await asyncio.sleep(0.05)", interrupt=True),
    Cell("%time", "%time sum(range(10))"),
    Cell("%timeit", "%timeit -n1 -r1 pass"),
    Cell("%%time", "%%time\nt = 3\nt + 1"),
    Cell("%%time that fails", "%%time\nt = 3\n1 / 0"),
    Cell("%%capture", "%%capture caught\nprint('hidden')\n7"),
    Cell("what %%capture caught", "caught.stdout, len(caught.outputs)"),
    Cell("%%bash", "%%bash\necho from bash\necho to stderr >&2"),
    Cell("%%bash that fails", "%%bash\nexit 3"),
    Cell("%%writefile", "%%writefile other.py\nprint('other file')\nfrom_file = 5"),
    Cell("%%html", "%%html\n<b>bold</b>"),
    Cell("%run", "%run other.py"),
    Cell("from %run", "from_file"),
    Cell("shell command", "!echo shell"),
    Cell("shell assignment", "lines = !echo assigned\nlines"),
    Cell("shell failure", "!exit 3\n_exit_code"),
    Cell("subprocess", "import subprocess\nsubprocess.run(['echo', 'child'])\ntime.sleep(0.05)"),
    Cell("C-level writes", "import os\nos.write(1, b'c level\\n')\nos.write(2, b'c error\\n')\ntime.sleep(0.05)"),
    Cell(
        "threads",
        "import threading\nfor n in range(3):\n    t = threading.Thread(target=print, args=('thread', n))\n"
        "    t.start()\n    t.join()",
    ),
    Cell("matplotlib", "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2, 3])"),
    Cell("matplotlib, silenced", "plt.plot([3, 2]);"),
    Cell("matplotlib, shown", "plt.plot([3, 2])\nplt.show()\nprint('after the figure')"),
    Cell("plotly", "import plotly.graph_objects as go\ngo.Figure(go.Scatter(y=[1, 2]))"),
    Cell("tqdm", "from tqdm import tqdm\nfor n in tqdm(range(3), mininterval=0):\n    pass"),
    Cell("tqdm notebook", "from tqdm.notebook import tqdm as bar\nfor n in bar(range(3), mininterval=0):\n    pass"),
    Cell("a widget", "import ipywidgets\nslider = ipywidgets.IntSlider()\ndisplay(slider)\nslider.value = 7"),
    Cell("a widget from before", "slider.value = 8\nslider"),
    Cell("an output widget", "out = ipywidgets.Output()\ndisplay(out)\nwith out:\n    print('inside')"),
    Cell("display update", "handle = display('first', display_id='one')\nhandle.update('second')\nprint('between')"),
    Cell("display update of an earlier cell", "handle.update('third')"),
    Cell("clear_output", "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('stays')"),
    Cell("clear_output, waiting", "print('gone')\nclear_output(wait=True)\ndisplay('stays')"),
    Cell("HTML and a frame", "import pandas\npandas.DataFrame({'a': [1, 2]})"),
    Cell(
        "a display hook",
        "class Odd:\n    def _repr_html_(self):\n        print('asked')\n        return '<i>odd</i>'\n\nOdd()",
    ),
    Cell("a failing repr", "class Bad:\n    def __repr__(self):\n        raise OSError('no repr')\n\nBad()"),
    Cell("warnings", "import warnings\nwarnings.warn('careful')\nwarnings.warn('old', DeprecationWarning)"),
    Cell("logging", "import logging\nlogging.getLogger('mine').warning('logged')"),
    Cell("input is refused", "input('name? ')"),
    Cell("SystemExit", "raise SystemExit(2)"),
    Cell("sys.exit", "sys.exit('bye')"),
    Cell("a function", "def defined(a):\n    '''Doc.'''\n    return a + 1\n\nclass Thing:\n    pass"),
    Cell("use of the function", "defined(1), Thing.__name__"),
    Cell("help", "defined?"),
    Cell("source", "defined??"),
    Cell("help of nothing", "nothing_like_this?"),
    Cell("inspect", "import inspect\ninspect.getsource(defined)"),
    Cell("multi-line strings", "text = '''\n%%track in a string\n  two\n'''\ntext"),
    Cell("not ASCII", "größe = 'ßμ 漢字 🙂'\nprint(größe)\ngröße"),
    Cell("tabs", "if True:\n\tprint('tab')\n\tif True:\n\t\tprint('two')"),
    Cell("indented", "    n = 1\n    print(n)", margin="    "),
    Cell("indented, with a block", "  for n in range(2):\n    print(n)\n  n", margin="  "),
    Cell("indented, with a magic", "  %time pass\n  !echo indented\n  n", margin="  "),
    Cell("indented, after blank lines", "\n\n    1 / 0", margin="    "),
    Cell("indented, after a comment", "# why\n    n = 1"),
    Cell("indented with a tab", "\tn = 3\n\tn", margin="\t"),
    Cell("an unexpected indent", "n = 1\n  n = 2"),
    Cell("Python's prompts", ">>> n = 1\n>>> n + 1\n2", margin=">>> "),
    Cell("Python's prompts, continued", ">>> for n in range(2):\n...     print(n)\n0\n1", margin=">>> "),
    Cell("IPython's prompts", "In [3]: n = 2\n   ...: print(n)", margin="In [2]: "),
    Cell("IPython's prompts, after a blank line", "\nIn [3]: n = 2\n   ...: print(n)", margin="In [2]: "),
    Cell("a line continued", "n = 1 + \\\n  2\nn"),
    Cell("automatic parentheses", "/len 'abc'"),
    Cell("empty", ""),
    Cell("blank lines", "\n\n"),
    Cell("comment only", "# nothing here"),
    Cell("blank lines first", "\n\n1 / 0"),
    Cell("nested run_cell", "get_ipython().run_cell('print(\"nested\"); 5')\nprint('outer')\n6"),
    Cell("nested run_cell with history", "get_ipython().run_cell('nested = 1; nested', store_history=True);"),
    Cell("nested run_cell that fails", "r = get_ipython().run_cell('1 / 0')\nr.success"),
    Cell("run_line_magic", "get_ipython().run_line_magic('time', 'pass')"),
    Cell("del", "gone = 1\ndel gone, x"),
    Cell("set_next_input", "get_ipython().set_next_input('print(1)')"),
    Cell("%load", "%load other.py"),
    Cell("%who", "%who str"),
    Cell("%history", "%history -l 1"),
    Cell("unknown magic", "%no_such_magic"),
    Cell("unknown cell magic", "%%no_such_magic\nprint(1)"),
    Cell("%debug off", "%pdb off"),
    Cell("%precision", "%precision 3\n3.14159"),
    Cell("an extension's hook", "get_ipython().events.register('post_execute', hook := lambda: print('hook'))"),
    Cell("and its end", "get_ipython().events.unregister('post_execute', hook)\ndel hook"),
    Cell("a shadowed name", "get_ipython_ = get_ipython\nprint = print\n__import__('os').sep"),
    Cell("the display hook's type", "sys.displayhook.__class__.__name__"),
    Cell("the end", "_, sorted(Out)[-3:], len(In)"),
]
