"""Names for runs that nobody named."""

from __future__ import annotations

import random

_QUALITIES = (
    "amber", "brave", "brisk", "calm", "clear", "crisp", "eager", "early", "fair", "fleet", "fond", "gentle", "glad",
    "golden", "grand", "green", "happy", "hardy", "keen", "kind", "light", "lively", "lucky", "mellow", "merry", "mild",
    "neat", "noble", "patient", "plain", "proud", "quick", "quiet", "rapid", "ready", "silent", "silver", "sleek",
    "smart", "snug", "steady", "still", "sunny", "swift", "tidy", "vivid", "warm", "wise", "witty", "young",
)  # fmt: skip
_ANIMALS = (
    "badger", "bear", "beaver", "bison", "crane", "crow", "deer", "dove", "eagle", "egret", "elk", "falcon", "finch",
    "fox", "gecko", "goose", "hare", "hawk", "heron", "ibex", "jay", "kestrel", "kite", "lark", "lemur", "lynx",
    "magpie", "marten", "mole", "moose", "newt", "oriole", "osprey", "otter", "owl", "panda", "pike", "plover",
    "puffin", "quail", "raven", "robin", "seal", "stork", "swan", "swift", "tern", "trout", "wolf", "wren",
)  # fmt: skip
_RANDOM = random.Random()  # noqa: S311 - a name, not a secret; and never the user's seeded generator


def make_name() -> str:
    """Make a name that people can say to each other, such as brave-otter; not unique."""
    return f"{_RANDOM.choice(_QUALITIES)}-{_RANDOM.choice(_ANIMALS)}"
