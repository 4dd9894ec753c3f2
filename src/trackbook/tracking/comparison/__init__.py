"""Is it really better? Statistics of two runs' predictions, of seed replicates and of single rows."""
