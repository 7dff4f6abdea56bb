"""For the eye: figures and pages of frames that were computed elsewhere."""
