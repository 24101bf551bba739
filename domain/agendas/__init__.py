"""What a meeting talks about, decides and asks of people."""
