import threading

import pytest

from commute.kernels.threads import share


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_every_batch_is_worked_once(threads):
    done = []
    share(done.extend, 40, threads=threads)
    assert sorted(done) == list(range(40))


def test_no_batches_is_no_work():
    done = []
    share(done.extend, 0, threads=4)
    assert done == []


def test_a_fault_in_one_thread_stops_the_others_and_is_raised():
    done = []
    second = threading.Event()

    def worker(numbers):
        for number in numbers:
            done.append(number)
            if number == 1:
                second.set()
                raise RuntimeError("batch 1")
            second.wait(5)

    with pytest.raises(RuntimeError, match="batch 1"):
        share(worker, 1000, threads=2)
    assert len(done) < 1000


@pytest.mark.parametrize("threads", [1, 3])
def test_every_batch_finished_is_told(threads):
    told = []
    share(lambda numbers: [None for _ in numbers], 20, threads=threads, finished=lambda *both: told.append(both))
    assert told == [(done, 20) for done in range(1, 21)]


@pytest.mark.parametrize("threads", [1, 3])
def test_an_interrupt_stops_within_a_batch(threads):
    done = []

    def interrupt(count, _):
        if count == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        share(done.extend, 1000, threads=threads, finished=interrupt)
    assert len(done) <= 2 + threads
