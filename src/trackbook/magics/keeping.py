"""A cell's outputs into its run: texts as they are, pictures and other binaries by their content."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackbook.records import Output
    from trackbook.tracking.run import Run


def keep_outputs(run: Run, outputs: list[Output]) -> list[Output]:
    """Write each MIME type of each output; returns the outputs."""
    for output in outputs:
        for mime, data in output.data.items():
            content: dict[str, object] = {"text": data}
            if isinstance(data, bytes):
                digest, size = run.store.put_blob(data)
                content = {"blob": digest, "size": size}
            run.store.event(
                "output",
                run_id=run.run_id,
                position=output.position,
                kind=output.kind,
                name=output.name,
                mime=mime,
                cut=output.cut,
                **content,
            )
    return outputs
