"""Registered models: versions, stages, aliases, and the trail of who decided what."""
