"""The comparison panel: one frame, one figure, and a tab for each question about several runs."""
