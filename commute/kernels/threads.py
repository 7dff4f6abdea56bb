"""Work shared among threads: each takes the next batch when it has finished its last.

A shared iterator rather than equal shares, which would run at the speed of the slowest core.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Finished = Callable[[int, int], None]


def share(
    worker: Callable[[Iterator[int]], None], batches: int, *, threads: int = 1, finished: Finished | None = None
) -> None:
    """Run ``worker(numbers)`` in each of ``threads`` threads, all drawing batch numbers from one iterator.

    ``worker`` makes its workspace once and then loops over the numbers it is given. ``finished(done, batches)`` is
    called after each batch, by one thread at a time. After the first exception, be it of ``finished``, or an interrupt
    from the keyboard, every thread stops at its next batch, and the exception is raised here.
    """
    threads = max(1, min(threads, batches))
    stop = Event()
    lock = Lock()
    remaining, done = iter(range(batches)), iter(range(1, batches + 1))

    def numbers() -> Iterator[int]:
        while not stop.is_set():
            with lock:
                number = next(remaining, None)
            if number is None:
                return
            yield number
            if finished is not None:
                with lock:
                    finished(next(done), batches)

    def guarded() -> None:
        try:
            worker(numbers())
        except BaseException:
            stop.set()
            raise

    if threads == 1:  # here, so that an interrupt from the keyboard meets it directly
        worker(numbers())
        return
    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(guarded) for _ in range(threads)]
        try:
            for future in futures:
                future.result()
        finally:
            stop.set()
