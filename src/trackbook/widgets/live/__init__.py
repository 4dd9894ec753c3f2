"""The live panel: a run while it goes on, and a hand on its loop."""
