"""The deliveries: planned ahead, kept, and claimed to be sent."""
