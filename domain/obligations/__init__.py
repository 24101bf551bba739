"""What States owe under a framework: reporting cycles, obligations, rates."""
