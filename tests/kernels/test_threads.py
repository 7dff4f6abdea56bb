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
