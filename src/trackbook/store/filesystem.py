"""What kind of file system a folder is on."""

from __future__ import annotations

from pathlib import Path

_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "beegfs", "fuse.sshfs"}


def is_network_file_system(folder: Path, mounts: Path = Path("/proc/self/mountinfo")) -> bool:
    """Tell whether mapped memory cannot be trusted here; False where the system does not say.

    Source: proc(5), mountinfo: mount point is field 5, the type follows " - ".
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    found, kind = -1, ""
    place = folder.resolve()
    for line in lines:
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5 or not after:  # noqa: PLR2004 - the fifth field is the mount point
            continue
        mount = Path(fields[4].encode().decode("unicode_escape"))
        if place.is_relative_to(mount) and len(mount.parts) >= found:
            found, kind = len(mount.parts), after.split(" ", 1)[0]
    return kind in _NETWORK
