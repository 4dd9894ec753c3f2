"""Read the state of the repository around a notebook: commit, branch, remote and uncommitted changes."""

from __future__ import annotations

import os
import re
from pathlib import Path

from trackbook.capture.git_patch import read_patch
from trackbook.capture.git_program import GitFailedError, GitProgram
from trackbook.capture.secrets import mask_secrets
from trackbook.records import GitState

_SECONDS = 5.0
_LOGIN = re.compile(r"^(?:(?P<scheme>[a-zA-Z][\w+.-]*://)[^/?#]*@|[^/@:\s]+@(?=[^/]+:))")


def read_git(folder: Path, timeout: float) -> GitState | None:
    """Read the repository that `folder` lies in; None when there is none, no git, or no answer in time.

    No program that the repository's configuration names is run, and nothing is written.
    timeout: seconds for all of it; a patch that is not ready by then is cut.
    """
    git = GitProgram(folder, timeout)
    try:
        settings = git.disarm()
        root = _root_of(git)
        if root is None:
            return None
        commit = _line(git.ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}"))
        branch = _line(git.ask("symbolic-ref", "--quiet", "--short", "HEAD"))
        # Before the first commit everything is compared with nothing.
        base = commit or _line(git.ask("hash-object", "-t", "tree", "--stdin"))
    except GitFailedError:
        return None
    git.folder = root
    patch = read_patch(git, root, base)
    return GitState(
        commit=commit,
        branch=branch,
        remote=without_login(settings.get("remote.origin.url", "")),
        edits=patch.edits,
        patch=patch.text,
        patch_cut=patch.cut,
    )


def repository_root(folder: Path) -> Path | None:
    """Return the top folder of the working tree around `folder`; None when there is none."""
    try:
        return _root_of(GitProgram(folder, _SECONDS))
    except GitFailedError:
        return None


def last_write(folder: Path) -> float:
    """Tell when git last wrote (a commit, a checkout, an add) in seconds since the epoch; 0.0 outside a repository.

    No program is started: only times of files are looked at.
    """
    for parent in (folder, *folder.parents):
        held = parent / ".git"
        if held.is_dir():
            files = (held / "HEAD", held / "index", held / "logs" / "HEAD")
            return max((file.stat().st_mtime for file in files if file.exists()), default=0.0)
    return 0.0


def git_ignores(folder: Path, path: Path) -> bool:
    """Tell whether the repository around `folder` ignores `path`; False outside a repository."""
    try:
        return GitProgram(folder, _SECONDS).ask("check-ignore", "--quiet", "--", str(path)) is not None
    except GitFailedError:
        return False


def without_login(url: str) -> str:
    """Return a remote's URL without user name, password and query: `https://host/team/project.git`."""
    plain = _LOGIN.sub(lambda found: found["scheme"] or "", url)
    if "://" in plain:
        plain = plain.partition("?")[0].partition("#")[0]
    return mask_secrets(plain).encode("utf-8", "replace").decode()


def _root_of(git: GitProgram) -> Path | None:
    answer = git.ask("rev-parse", "--show-toplevel")
    return Path(os.fsdecode(answer.removesuffix(b"\n"))) if answer and answer.strip() else None


def _line(answer: bytes | None) -> str:
    return (answer or b"").decode("utf-8", "replace").strip()
