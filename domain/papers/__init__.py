"""Documents that people take away, whatever file they become."""
