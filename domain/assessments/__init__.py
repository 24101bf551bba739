"""What submissions are worth by a rubric: proposals by the engine, decisions by people."""
