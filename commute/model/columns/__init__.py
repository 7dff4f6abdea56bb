"""The columns of every table, as tables: read by the checker, the reader and the manual."""
