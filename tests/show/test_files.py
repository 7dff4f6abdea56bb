"""Files of pictures: refused in advance where they cannot be written, and never half there."""

from __future__ import annotations

import os

import pytest
from matplotlib.figure import Figure

from commute.errors import DataFileError, ParameterError
from commute.show.files import PAGES, PICTURES, refuse_target, save_figure


@pytest.fixture
def axes():
    return Figure().subplots()


@pytest.mark.parametrize(("suffix", "head"), [(".png", b"\x89PNG"), (".SVG", b"<?xml"), (".pdf", b"%PDF")])
def test_the_suffix_chooses_the_format(axes, tmp_path, suffix, head):
    path = save_figure(axes, str(tmp_path / f"map{suffix}"))
    assert path.read_bytes().startswith(head)
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", PICTURES)
def test_matplotlib_writes_every_picture_that_is_offered(axes, suffix):
    assert suffix[1:] in axes.figure.canvas.get_supported_filetypes()


def test_axes_inside_a_part_of_a_figure_save_the_whole(tmp_path):
    parts = Figure().subfigures(1, 2)
    assert save_figure(parts[0].subplots(), tmp_path / "map.png").exists()


def test_axes_without_a_figure_are_refused(axes, tmp_path):
    axes.remove()
    with pytest.raises(ParameterError, match=r"The axes belong to no figure any more: draw them again"):
        save_figure(axes, tmp_path / "map.png")


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_an_interrupted_write_leaves_what_was_there(axes, tmp_path, monkeypatch, error):
    (tmp_path / "map.png").write_text("former")

    def half(path, **_):
        path.write_text("half")
        raise error

    monkeypatch.setattr(axes.figure, "savefig", half)
    for name in ("map.png", "new.png"):
        with pytest.raises(type(error)):
            save_figure(axes, tmp_path / name)
    assert (tmp_path / "map.png").read_text() == "former"
    assert [found.name for found in tmp_path.iterdir()] == ["map.png"]


@pytest.mark.parametrize(
    ("name", "suffixes", "error", "said"),
    [
        ("map", PICTURES, ParameterError, r"'map' is no picture: end its name in \.png, \.svg, "),
        ("map.doc", PICTURES, ParameterError, r"'map\.doc' is no picture"),
        ("page.pdf", PAGES, ParameterError, r"'page\.pdf' is no picture: end its name in \.html, \.htm"),
        ("none/map.png", PICTURES, DataFileError, r"none is not a folder\. Create it first"),
        ("file/map.png", PICTURES, DataFileError, r"file is not a folder\. Create it first"),
        ("folder.png", PICTURES, DataFileError, r"folder\.png is a folder, not a file\. Choose another name"),
    ],
)
def test_what_cannot_be_written_is_refused(tmp_path, name, suffixes, error, said):
    (tmp_path / "file").touch()
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(error, match=said):
        refuse_target(tmp_path / name, suffixes=suffixes, what="picture")


def test_a_folder_that_may_not_be_written_to_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(DataFileError, match=r"may not be written to\. Choose another folder"):
        refuse_target(tmp_path / "map.png", suffixes=PICTURES, what="picture")
