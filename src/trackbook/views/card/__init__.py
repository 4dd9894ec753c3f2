"""The card after a tracked cell."""
