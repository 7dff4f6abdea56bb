"""``python -m commute``."""

from commute.cli import main

main()
