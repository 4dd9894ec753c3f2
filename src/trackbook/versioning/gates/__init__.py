"""What a project may ask of a version before it enters a stage; each gate is one function behind an entry point."""
