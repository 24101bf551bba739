"""What those who leave a mandate hand to those who take it over."""
