"""The calendar: when meetings take place, who is told of them, and in which words."""
