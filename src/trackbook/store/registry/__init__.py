"""Registered models in the store: reading them, and deciding about them in one transaction each."""
