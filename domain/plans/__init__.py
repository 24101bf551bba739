"""Frameworks being carried out by an owner, and the mandates under which that is done."""
