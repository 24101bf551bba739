"""What other systems are told, and how it is signed."""
