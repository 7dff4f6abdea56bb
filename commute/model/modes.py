"""Modes: which lines run to a timetable and which are roads."""

SCHEDULED = ("rail", "suburban", "metro", "bus", "ferry")
ROAD = ("highway", "bridge", "tunnel")
