"""The run table: its columns, cells, places and words."""
