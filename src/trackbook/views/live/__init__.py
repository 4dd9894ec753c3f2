"""What the live panel shows of a run while it goes on."""
