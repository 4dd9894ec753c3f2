"""What the registry browser shows, pure: models, a version's facts, what a decision would change, the timeline."""
