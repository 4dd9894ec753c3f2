"""Experiment tracking and model versioning that lives inside the Jupyter notebook."""
