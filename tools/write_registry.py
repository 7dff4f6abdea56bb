"""Write data/registry.txt anew, after a table was changed on purpose.

Usage: python tools/write_registry.py
"""

from commute.io import datasets

if __name__ == "__main__":
    datasets.write_registry()
