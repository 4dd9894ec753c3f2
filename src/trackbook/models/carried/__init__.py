"""Files that packages carry with them, so that they load where trackbook is not installed."""
