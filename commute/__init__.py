"""Commuting circles: who is within 30 minutes and one hour of whom, and what would change that."""
