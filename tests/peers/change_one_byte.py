#!/usr/bin/env python3
"""Changes one bit of one value in a database: change_one_byte.py DATABASE TABLE COLUMN WHERE. Twice is as before."""
import sqlite3
import sys

database, table, column, where = sys.argv[1:]
connection = sqlite3.connect(database, timeout=30)
(value,) = connection.execute(f"SELECT {column} FROM {table} WHERE {where}").fetchone()
text = isinstance(value, str)
raw = bytearray(value.encode() if text else value)
# Not the last byte: of a text that is often the end of its line.
raw[len(raw) // 2] ^= 1
changed = connection.execute(
    f"UPDATE {table} SET {column} = ? WHERE {where}", (raw.decode() if text else bytes(raw),)
).rowcount
connection.commit()
sys.exit(0 if changed == 1 else f"{changed} rows were changed")
