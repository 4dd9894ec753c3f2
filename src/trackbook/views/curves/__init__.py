"""Metric curves: which, over what, how smooth, and how they are drawn."""
