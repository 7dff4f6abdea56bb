"""Kernels: arrays in, arrays out; they know no names, units or frames."""
