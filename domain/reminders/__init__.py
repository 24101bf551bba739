"""What is to be told before and after a date, and the ledger of what was."""
