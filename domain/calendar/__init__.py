"""Everything with a date, in one table, and how calendar programs read it."""
