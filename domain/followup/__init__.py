"""What follows from an assessment: requests for what is missing."""
