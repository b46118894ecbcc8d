# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""Finds the files that a path of the config means."""

from __future__ import annotations

import difflib
import glob
import os
from dataclasses import dataclass
from pathlib import Path

from contracts.errors import SourceError
from contracts.formats import ENDINGS, Format, format_of_name, is_meant
from contracts.sources import Source, resolve_path

READ: tuple[Format, ...] = ("csv", "excel", "parquet", "xes", "ocel", "zgw")
"""The formats of files that this version reads."""

_FOR_A_FOLDER = (
    f"It has no files that end in {', '.join(ENDINGS)}, with or without .gz. For another ending, "
    f"say the format; for pages of a ZGW API, format: zgw."
)
_PACKED = (".zip", ".7z", ".rar", ".zst", ".xz", ".bz2", ".tar", ".tgz")


@dataclass(frozen=True)
class SourceFile:
    """One file of a source; ``name`` is what the user calls it, relative to the config's folder.

    An export of a ZGW API counts as one file, although it is a folder.
    """

    path: Path
    name: str
    format: Format


def find_files(
    source: Source, config: Path, position: int, *, may_be_empty: bool = False
) -> list[SourceFile]:
    """The files that ``source``, the config's ``sources.<position>``, means, sorted by name.

    Args:
        source: its path is a file, a glob, or a folder of which all files of known formats count.
        config: the config file; relative paths start in its folder.
        position: the index of the source in the config, for errors.
        may_be_empty: whether a pattern, or an existing folder, may mean no file.

    Raises:
        SourceError: there is no such file, its name is not text, or its format is unknown.
    """
    key = f"{config}: sources.{position}"
    try:
        paths = _matches(source, config)
        hint = "" if paths else _hint(source, config)
    except PermissionError as error:
        raise SourceError(
            f"{key}.path cannot be looked up: {error.strerror}.",
            f"Make {error.filename} readable for the user that runs this.",
        ) from None
    except OSError as error:
        raise SourceError(
            f"{key}.path cannot be looked up: {error.strerror}.", "Give the path of a file."
        ) from None
    except (ValueError, RuntimeError, NotImplementedError):  # of pathlib: \0, a**, loops
        raise SourceError(
            f"{key}.path: {source.path!r} is neither a path nor a pattern of paths.",
            "Write for example exports/*.csv; ** stands alone between slashes.",
        ) from None
    if not paths and not (may_be_empty and _means_files_of_a_folder(source, config)):
        raise _nothing(source, config, key, hint)
    return [_file(path, source.format, config, key) for path in paths]


def _nothing(source: Source, config: Path, key: str, hint: str) -> SourceError:
    """The error for a path that means no file."""
    path = resolve_path(source.path, config)
    if path.is_dir():
        return SourceError(f"{key}.path: the folder {source.path} holds no export.", hint)
    return no_file(path, f"{key}.path: {source.path}") or SourceError(
        f"{key}.path: there is no {source.path}.", hint
    )


def no_file(path: Path, told: str) -> SourceError | None:
    """The error for something called ``told`` that exists but cannot be a source; else null."""
    if path.is_file() or path.is_dir():
        return None
    if _leads_nowhere(path):
        return SourceError(
            f"{told} is a link to a file that is not there.",
            "Put that file back, or remove the link.",
        )
    if path.exists():
        return SourceError(
            f"{told} is a pipe or a device, not a file.",
            "Write its output to a file, and give the path of that.",
        )
    return None


def _matches(source: Source, config: Path) -> list[Path]:
    path = resolve_path(source.path, config)
    if path.is_file() or _leads_nowhere(path):
        return [path]
    if path.is_dir() and source.format == "zgw":
        _check_open(Path(glob.escape(str(path))) / "**" / "*")
        return [path]
    if path.is_dir():
        return sorted(
            file
            for file in path.iterdir()
            if _is_export(file, path) and (source.format or format_of_name(file))
        )
    # only what the config says is a pattern, not the name of the folder with the config
    folder = Path(glob.escape(str(config.parent.resolve())))
    pattern = resolve_path(source.path, folder / config.name)
    root = Path(pattern.anchor)
    _check_open(pattern)
    found = root.glob(str(pattern.relative_to(root)))
    return sorted(file for file in found if _is_export(file, path))


def _check_open(pattern: Path) -> None:
    """Checks that a pattern leads through no closed folder, whose files would be passed over.

    Raises:
        PermissionError: it leads through one.
    """
    root = Path(pattern.anchor)
    for part, above in zip((pattern, *pattern.parents), pattern.parents, strict=False):
        if not glob.has_magic(part.name):
            continue
        for folder in [root] if above == root else root.glob(str(above.relative_to(root))):
            if folder.is_dir() and is_meant(folder, pattern):
                os.scandir(folder).close()


def _is_export(path: Path, given: Path) -> bool:
    return (path.is_file() or _leads_nowhere(path)) and is_meant(path, given)


def _leads_nowhere(path: Path) -> bool:
    return path.is_symlink() and not path.exists()


def _means_files_of_a_folder(source: Source, config: Path) -> bool:
    """Whether the path is an existing folder, or a pattern of files in one."""
    path = resolve_path(source.path, config)
    return path.is_dir() or (glob.has_magic(path.name) and path.parent.is_dir())


def _file(path: Path, format_: Format | None, config: Path, key: str) -> SourceFile:
    check_name(path)
    folder = config.parent.resolve()
    name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
    if told := no_file(path, f"{key}: {name}"):
        raise told
    known = format_ or format_of_name(path)
    if not known:
        raise unclear(key, name)
    return SourceFile(path, name, known)


def check_name(path: Path) -> None:
    """Refuses a path that is not text: it could be neither told nor kept.

    Raises:
        SourceError: its name, or that of a folder above it, is not UTF-8.
    """
    written = os.fsencode(path)
    told = written.decode(errors="replace")
    if told.encode() != written:
        raise SourceError(
            f"{told}: this name is not text in UTF-8.",
            "Rename the file or folder that has this name.",
        )


def unclear(key: str, name: str) -> SourceError:
    """The error for a name that tells no format; ``key`` is that of the source in the config."""
    return SourceError(
        f"{key}: the format of {name} is not clear from its name.",
        "Unpack it, and give the path of what is in it."
        if name.lower().removesuffix(".gz").endswith(_PACKED)
        else f"Say what it is: format: one of {', '.join(READ)}.",
    )


def _hint(source: Source, config: Path) -> str:
    wanted = Path(source.path)
    if resolve_path(source.path, config).is_dir():
        return _FOR_A_FOLDER if source.format is None else "Folders inside it are not searched."
    folder = resolve_path(str(wanted.parent), config)
    if not folder.is_dir():
        return f"Nor is there a folder {wanted.parent}; a path is relative to the config file."
    there = sorted(file.name for file in folder.iterdir() if file.is_file())
    near = difflib.get_close_matches(wanted.name, there, n=1)
    return (
        f"Did you mean {(wanted.parent / near[0]).as_posix()}?"
        if near
        else "A path is relative to the config file."
    )
