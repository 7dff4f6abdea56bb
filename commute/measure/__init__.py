"""Measures: what follows from the model."""
