"""Doors to the world: files in and out, and the data that ships."""
