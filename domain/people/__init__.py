"""Who is written to: persons, and the committees that they belong to."""
