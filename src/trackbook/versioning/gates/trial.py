"""Run in a fresh process by the gate `loads`: load a package, and predict on its input example."""

from __future__ import annotations

import sys
from pathlib import Path

from trackbook.errors import TrackbookError


def main(folder: str) -> int:
    """Load and predict; 0 when that went well, else 1 with the reason on standard error."""
    from trackbook.models.examples import read_example  # noqa: PLC0415
    from trackbook.models.loading import load_python_function  # noqa: PLC0415
    from trackbook.models.mlmodel import read_mlmodel  # noqa: PLC0415

    package = Path(folder)
    try:
        model = load_python_function(package)
        example = read_example(package, read_mlmodel(package))
        if example is None:
            raise TrackbookError("it has no input example to predict on; log the model with input_example=X[:5]")
        model.predict(example)
    except Exception as error:  # noqa: BLE001 - whatever a model may raise is the answer
        print(f"{type(error).__name__}: {error}".replace("\n", " "), file=sys.stderr)  # noqa: T201 - read by the gate
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
