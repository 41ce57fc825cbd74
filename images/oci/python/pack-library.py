# Packs the standard library into /usr/lib/python313.zip, where Python looks first: compiled modules, with fixed dates.
import os
import zipfile
from importlib._bootstrap_external import _code_to_hash_pyc

LIBRARY = "/usr/lib/python3.13"
TARGET = "/usr/lib/python313.zip"
DATE = (2025, 8, 9, 0, 0, 0)

# What needs libraries that the image does not have, what is for other systems, for windows with buttons, for making
# packages, and Python's own tests.
LEFT_OUT = {
    "__phello__", "__pycache__", "curses", "dbm", "ensurepip", "idlelib", "lib-dynload", "lib2to3",
    "pydoc_data", "sqlite3", "test", "tkinter", "turtle.py", "turtledemo", "venv",
    "_aix_support.py", "_android_support.py", "_apple_support.py", "_ios_support.py", "_osx_support.py",
}


def modules(folder):
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if name in LEFT_OUT:
            continue
        if os.path.isdir(path):
            yield from modules(path)
        elif name.endswith(".py"):
            yield path


with zipfile.ZipFile(TARGET, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
    for path in modules(LIBRARY):
        with open(path, "rb") as source:
            # The name in tracebacks: where Debian has the source.
            code = compile(source.read(), path, "exec", dont_inherit=True, optimize=0)
        # Eight zeros for the source's hash, which nobody checks (PEP 552).
        compiled = _code_to_hash_pyc(code, bytes(8), checked=False)
        entry = zipfile.ZipInfo(os.path.relpath(path, LIBRARY) + "c", DATE)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, compiled)
