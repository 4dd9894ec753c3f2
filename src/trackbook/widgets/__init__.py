"""Panels for notebooks: ipywidgets that hold state and draw what `views` computed."""
