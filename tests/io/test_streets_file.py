import numpy as np
import pytest
from pandas.testing import assert_frame_equal

from commute.errors import DataFileError
from commute.io.streets import read_streets, write_streets
from commute.model.arcs import Bends
from commute.model.streets import Streets

LON, LAT = [113.0, 113.1, 113.2], [22.0, 22.1, 22.2]
STREETS = Streets.from_arrays([0, 0, 1, 2], [1, 1, 2, 2], [1.0, 0.5, 2.0, 3.0], LON, LAT)


def test_what_is_written_is_read(tmp_path):
    write_streets(STREETS, tmp_path / "streets.npz")
    again = read_streets(tmp_path / "streets.npz")
    for one, other in zip(STREETS.csr, again.csr, strict=True):
        assert np.array_equal(one, other)
        assert one.dtype == other.dtype
        assert other.flags.writeable, "a read-only array would have every kernel compiled again"
    for name in ("lon", "lat", "slot", "deciseconds"):
        assert np.array_equal(getattr(STREETS, name), getattr(again, name))
    assert [path.name for path in tmp_path.iterdir()] == ["streets.npz"]


def test_the_file_is_not_changed_through_what_was_read(tmp_path):
    write_streets(STREETS, tmp_path / "streets.npz")
    read_streets(tmp_path / "streets.npz").csr.weight[:] = 7
    assert np.array_equal(read_streets(tmp_path / "streets.npz").csr.weight, STREETS.csr.weight)


def test_streets_without_arcs(tmp_path):
    write_streets(Streets.from_arrays([], [], [], [113.0], [22.0]), tmp_path / "streets.npz")
    assert read_streets(tmp_path / "streets.npz").nodes == 1


def test_an_interrupt_leaves_the_old_file(tmp_path, monkeypatch):
    write_streets(STREETS, tmp_path / "streets.npz")
    before = (tmp_path / "streets.npz").read_bytes()

    def interrupted(file, **_):
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_streets(STREETS, tmp_path / "streets.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["streets.npz"]
    assert (tmp_path / "streets.npz").read_bytes() == before


def test_faulty_files_are_refused(tmp_path):
    path = tmp_path / "streets.npz"
    with pytest.raises(DataFileError, match="There is no file"):
        read_streets(path)
    write_streets(STREETS, path)
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(DataFileError, match="is no file of streets, or cut short"):
        read_streets(path)
    np.savez(path, format="another")
    with pytest.raises(DataFileError, match="holds 'another', not 'commute-streets-2'"):
        read_streets(path)
    np.savez(path, format="commute-streets-2", lon=np.zeros(2))
    with pytest.raises(DataFileError, match="does not hold the columns of streets"):
        read_streets(path)
    np.savez(path, lon=np.zeros(2))
    with pytest.raises(DataFileError, match="is no file of streets"):
        read_streets(path)
    np.savez_compressed(path, format="commute-streets-1")
    with pytest.raises(DataFileError, match="is compressed"):
        read_streets(path)


def test_what_arcs_say_and_how_they_bend_is_kept(tmp_path):
    said = {"road": ["primary", "residential", "primary"], "kph": [60.0, 30.0, np.nan], "bridge": [False, True, False]}
    bends = Bends(np.array([0, 2, 2, 3]), np.array([113.02, 113.04, 113.1]), np.array([22.0, 22.1, 22.2]))
    streets = Streets.from_arrays(
        [0, 1, 2], [1, 2, 0], [1.0, 2.0, 3.0], LON, LAT, attributes=said, bends=bends, mode="walk", source="by hand"
    )
    write_streets(streets, tmp_path / "streets.npz")
    again = read_streets(tmp_path / "streets.npz")
    assert_frame_equal(again.attributes, streets.attributes)
    for one, other in zip(again.bends, bends, strict=True):
        assert np.array_equal(one, other)
    assert (again.mode, again.period, again.source) == ("walk", "", "by hand")
    assert np.array_equal(again.tail, [0, 1, 2])
    assert np.array_equal(again.head, [1, 2, 0])
