"""The orders of street networks kept on disk, each under the hash of its topology.

An order takes seconds to find and depends on the streets alone, not on their minutes, so it is found once. Whatever
the file holds, the distances are right, as any permutation will do: but a file that is cut short or not ours
is said so, and made anew.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

FOLDER_VARIABLE = "COMMUTE_CACHE"
LARGEST_FOLDER = 2**30  # bytes: some 60 networks of a million nodes
_FORMAT = "commute-order-1"
_UNFINISHED = "unfinished-"
_ABANDONED = 86_400  # seconds after which nobody is still writing a file


def cached_order(
    indptr: NDArray[np.signedinteger],
    head: NDArray[np.int32],
    find: Callable[[], NDArray[np.int32]],
    *,
    folder: Path | None = None,
) -> NDArray[np.int32]:
    """Return the order of the topology (indptr, head): from the cache, else from ``find``, which fills it.

    The folder is ``$COMMUTE_CACHE``, else ``commute`` among the user's caches; the files least recently used go
    when it holds more than 1 GiB. Several processes may use it at once. Warns of a file that is damaged or
    foreign, and of a folder that cannot be written to; neither stops the work.
    """
    folder = folder or cache_folder()
    topology = topology_hash(indptr, head)
    path = folder / f"order-{topology}.npz"
    rank = _read(path, topology, len(indptr) - 1)
    if rank is None:
        rank = find()
        try:
            _write(path, topology, rank)
            _shrink(folder, path)
        except OSError as error:
            warnings.warn(f"The order of the streets could not be kept in {folder}: {error}.", stacklevel=2)
    return rank


def cache_folder() -> Path:
    """Return the folder of the cache, as the system has it; it may not exist yet."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return base / "commute"


def topology_hash(indptr: NDArray[np.signedinteger], head: NDArray[np.int32]) -> str:
    """Hash which node is joined to which; weights and coordinates do not enter."""
    digest = hashlib.blake2b(_FORMAT.encode(), digest_size=16)
    for column in (indptr.astype("<i8"), head.astype("<i4")):
        digest.update(np.int64(len(column)).tobytes())
        digest.update(np.ascontiguousarray(column).data)
    return digest.hexdigest()


def _read(path: Path, topology: str, nodes: int) -> NDArray[np.int32] | None:
    """Read an order; None if there is none, and with a warning if it cannot be the right one."""
    if not path.is_file():
        return None
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            rank, marks = file["rank"], (str(file["format"]), str(file["topology"]))
        os.utime(path)
    except FileNotFoundError:  # another process has just made room
        return None
    except Exception as error:  # noqa: BLE001 - a damaged archive raises anything from KeyError to zlib.error
        warnings.warn(f"{path} is damaged ({error}); the order is found anew.", stacklevel=3)
        return None
    whole = rank.shape == (nodes,) and rank.dtype == np.int32
    if marks != (_FORMAT, topology) or not whole or not np.array_equal(np.sort(rank), np.arange(nodes)):
        warnings.warn(f"{path} is not the order of these streets; the order is found anew.", stacklevel=3)
        return None
    return np.asarray(rank, dtype=np.int32)


def _write(path: Path, topology: str, rank: NDArray[np.int32]) -> None:
    """Write beside the final name and move there, so that nobody ever sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=_UNFINISHED, suffix=".npz")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, format=_FORMAT, topology=topology, rank=rank)
        Path(beside).replace(path)
    except BaseException:  # also an interrupt from the keyboard
        with suppress(OSError):
            Path(beside).unlink()
        raise


def _shrink(folder: Path, newest: Path) -> None:
    """Delete what killed processes left, and the orders least recently used until the folder keeps its bound."""
    for path in folder.glob(f"{_UNFINISHED}*"):
        with suppress(OSError):  # another process may delete it first, or be writing it
            if time.time() - path.stat().st_mtime > _ABANDONED:
                path.unlink()
    files = []
    for path in folder.glob("order-*.npz"):
        with suppress(FileNotFoundError):  # another process may delete it first
            files.append((path.stat().st_mtime, path.stat().st_size, path))
    total = sum(size for _, size, _ in files)
    for _, size, path in sorted(files):
        if total <= LARGEST_FOLDER:
            break
        if path != newest:
            path.unlink(missing_ok=True)
            total -= size
