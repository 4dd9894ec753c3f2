"""What skops would put into its file, without the file.

`skops.io.dumps` indents its schema, which takes Python's slow encoder, looks through the list of a zip's members
for every array, and `get_untrusted_types` unfolds all of that again: half of the time that a forest takes. This asks
the same functions of skops and keeps what they say in a dict. They are no promise of skops', so where they are not
as we know them its public functions are asked; a test holds both to the same bytes.
"""

from __future__ import annotations

import io
import json
import zipfile
from importlib import import_module
from typing import Any

SCHEMA = "schema.json"


class Members(dict[str, bytes]):
    """Files by name, with the little of a zip file that skops asks for."""

    def namelist(self) -> Members:
        """Name the files that are there."""
        return self

    def writestr(self, name: str, content: bytes | memoryview) -> None:
        """Add a file."""
        self[name] = bytes(content)

    def read(self, name: str) -> bytes:
        """Give a file."""
        return self[name]


def members_of(skops: Any, model: object) -> tuple[dict[str, Any], dict[str, bytes], list[str]]:  # noqa: ANN401 - a module
    """Return schema, array files, and the types in them that skops does not trust, sorted.

    skops: the module `skops.io`. Raises what the objects inside raise.
    """
    try:
        persist, utils = import_module("skops.io._persist"), import_module("skops.io._utils")
        get_state, get_tree = persist.get_state, persist.get_tree
        save_context, load_context = utils.SaveContext, utils.LoadContext
    except (ImportError, AttributeError):
        return public_members_of(skops, model)
    members = Members()
    context = save_context(zip_file=members)
    schema = get_state(model, context)
    schema["protocol"], schema["_skops_version"] = context.protocol, import_module("skops").__version__
    schema = json.loads(json.dumps(schema))  # as it would come out of a file: names of fields are texts
    tree = get_tree(schema, load_context=load_context(src=members, protocol=context.protocol), trusted=None)
    return schema, members, sorted(tree.get_unsafe_set())


def public_members_of(skops: Any, model: object) -> tuple[dict[str, Any], dict[str, bytes], list[str]]:  # noqa: ANN401 - a module
    """Return the same by what skops promises."""
    content = skops.dumps(model)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return json.loads(members.pop(SCHEMA)), members, list(skops.get_untrusted_types(data=content))
