"""From what was observed to progress: a case, its method, what is to be reached, and the answer. Pure."""
