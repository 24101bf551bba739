"""From bytes to passages with signals: pure code, the same input always gives the same output."""
