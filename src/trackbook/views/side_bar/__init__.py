"""What the side bar and the badges of JupyterLab show of runs and versions, written for the browser."""
