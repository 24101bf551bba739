"""How often the engine is right, measured on labelled data that is not part of the repository."""
