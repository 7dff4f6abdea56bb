import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from commute.model import ordercache
from commute.model.ordercache import cache_folder, cached_order, topology_hash

INDPTR, HEAD = np.array([0, 1, 2, 2], dtype=np.int32), np.array([1, 2], dtype=np.int32)
RANK = np.array([2, 0, 1], dtype=np.int32)


def never():
    pytest.fail("the order was to come from the cache")


def filled(folder):
    assert np.array_equal(cached_order(INDPTR, HEAD, lambda: RANK, folder=folder), RANK)
    (path,) = folder.iterdir()
    return path


def test_an_order_is_found_once(tmp_path):
    filled(tmp_path / "new")
    assert np.array_equal(cached_order(INDPTR, HEAD, never, folder=tmp_path / "new"), RANK)


def test_other_streets_have_another_file():
    assert topology_hash(INDPTR, HEAD) != topology_hash(INDPTR, HEAD[::-1])
    assert topology_hash(INDPTR, HEAD) == topology_hash(INDPTR.astype(np.int64), HEAD)


@pytest.mark.parametrize("damage", [lambda raw: raw[:-40], lambda _: b"", lambda raw: raw[:90] + b"XXXX" + raw[94:]])
def test_a_damaged_file_is_said_so_and_made_anew(tmp_path, damage):
    path = filled(tmp_path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.warns(UserWarning, match="is (damaged|not the order)"):
        assert np.array_equal(cached_order(INDPTR, HEAD, lambda: RANK, folder=tmp_path), RANK)
    assert np.array_equal(cached_order(INDPTR, HEAD, never, folder=tmp_path), RANK)


@pytest.mark.parametrize(
    "content",
    [
        {"rank": RANK, "format": "another", "topology": topology_hash(INDPTR, HEAD)},
        {"rank": RANK, "format": "commute-order-1", "topology": "of other streets"},
        {"rank": RANK[:2], "format": "commute-order-1", "topology": topology_hash(INDPTR, HEAD)},
        {"rank": RANK * 0, "format": "commute-order-1", "topology": topology_hash(INDPTR, HEAD)},
    ],
)
def test_a_foreign_file_is_said_so_and_made_anew(tmp_path, content):
    np.savez(filled(tmp_path), **content)
    with pytest.warns(UserWarning, match="is not the order of these streets; the order is found anew"):
        assert np.array_equal(cached_order(INDPTR, HEAD, lambda: RANK, folder=tmp_path), RANK)
    assert np.array_equal(cached_order(INDPTR, HEAD, never, folder=tmp_path), RANK)


def test_an_interrupt_leaves_nothing_behind(tmp_path, monkeypatch):
    def interrupted(file, **_):
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", interrupted)
    with pytest.raises(KeyboardInterrupt):
        cached_order(INDPTR, HEAD, lambda: RANK, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_does_not_stop_the_work(tmp_path):
    (tmp_path / "file").touch()
    with pytest.warns(UserWarning, match="could not be kept in"):
        assert np.array_equal(cached_order(INDPTR, HEAD, lambda: RANK, folder=tmp_path / "file" / "below"), RANK)


def test_the_folder_keeps_its_bound_and_the_files_used_last(tmp_path, monkeypatch):
    monkeypatch.setattr(ordercache, "LARGEST_FOLDER", 2500)
    for index in range(5):
        cached_order(INDPTR, np.roll(HEAD, 1) + index, lambda: RANK, folder=tmp_path)
        for age, path in enumerate(sorted(tmp_path.iterdir(), key=lambda path: path.stat().st_mtime)):
            os.utime(path, (1000 + age, 1000 + age))
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 2500
    cached_order(INDPTR, np.roll(HEAD, 1) + 4, never, folder=tmp_path)


def test_several_at_once_do_no_harm(tmp_path):
    start, found = threading.Barrier(4), []

    def one():
        start.wait()
        found.append(cached_order(INDPTR, HEAD, lambda: RANK, folder=tmp_path))

    workers = [threading.Thread(target=one) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert all(np.array_equal(rank, RANK) for rank in found)
    assert len(found) == 4
    assert [path.name for path in tmp_path.iterdir()] == [f"order-{topology_hash(INDPTR, HEAD)}.npz"]


PREPARING = """
import numpy as np
from commute import Streets, reach
number = np.arange(900).reshape(30, 30)
one = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
other = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
ends = np.concatenate([one, other]), np.concatenate([other, one])
lat, lon = np.divmod(number.ravel(), 30)
streets = Streets.from_arrays(*ends, 1 + ends[0] % 3, 114 + lon / 100, 22 + lat / 100)
print(reach(streets, [0, 455], (10, 20))["junctions"].tolist())
"""


def test_two_processes_that_prepare_the_same_streets_at_once_do_no_harm(tmp_path):
    env = os.environ | {"COMMUTE_CACHE": str(tmp_path)}
    command = [sys.executable, "-W", "error", "-c", PREPARING]
    both = [subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [one.communicate()[0] for one in both]
    assert [one.returncode for one in both] == [0, 0]
    (path,) = tmp_path.iterdir()
    before = path.read_bytes()
    again = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    assert said == [again, again]
    assert path.read_bytes() == before


INTERRUPTED = """
import sys, time
import numpy as np
from pathlib import Path
from commute.model.ordercache import cached_order
def half(file, **_):
    file.write(b"half")
    file.flush()
    print("half", flush=True)
    time.sleep(60)
np.savez = half
empty = np.zeros(4, dtype=np.int32), np.empty(0, dtype=np.int32)
cached_order(*empty, lambda: np.arange(3, dtype=np.int32), folder=Path(sys.argv[1]))
"""


def test_a_killed_process_leaves_no_order_and_its_leavings_go_later(tmp_path):
    with subprocess.Popen([sys.executable, "-c", INTERRUPTED, tmp_path], stdout=subprocess.PIPE) as killed:
        assert killed.stdout.readline().strip() == b"half"
        killed.kill()
    (leavings,) = tmp_path.iterdir()
    cached_order(INDPTR, HEAD, lambda: RANK, folder=tmp_path)
    assert leavings.exists(), "another process may still be writing it"
    os.utime(leavings, (1000, 1000))
    cached_order(INDPTR, HEAD[::-1], lambda: RANK, folder=tmp_path)
    assert sorted(path.name[:6] for path in tmp_path.iterdir()) == ["order-", "order-"]


def test_the_folder_may_be_named(monkeypatch, tmp_path):
    monkeypatch.setenv("COMMUTE_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("COMMUTE_CACHE")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache_folder() == Path("/somewhere/commute")
