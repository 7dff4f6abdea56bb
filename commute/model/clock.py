"""The clock: the unit in which the kernels count time."""

DECISECONDS = 600  # of a minute: the kernels see whole tenths of seconds
