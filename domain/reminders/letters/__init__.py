"""What is written to people, in which words, and what comes back."""
