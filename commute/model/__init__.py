"""The model: what is."""
