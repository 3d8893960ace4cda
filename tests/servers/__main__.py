"""`python -m tests.servers`: one line a server, where it is and its version; ends with 1 where one cannot be had."""

import sys

from tests.servers.found import FONT, PROGRAMS, UNPACKED, Missing, Program, find, fonts, look, version
from tests.servers.unpack import unpack


def main() -> int:
    """Find or unpack every server; the number of the process's exit."""
    missing = [program.package for program in PROGRAMS.values() if not _provide(program)]
    if not _provide_font():
        missing.append(FONT)
    if missing:
        packages = " ".join(missing)
        print(
            f"The tests run on real servers and {len(missing)} packages cannot be had here. Install what is missing:\n"
            f"  sudo apt-get install {packages}\n"
            "No service has to run. A release that has no such package (influxdb is in Debian 12 and Ubuntu 22.04)\n"
            "needs the program on the PATH: any influxd from 1.6 to 1.8 will do.",
            file=sys.stderr,
        )
    return 1 if missing else 0


def _provide(program: Program) -> bool:
    try:
        if look(program.name) is None:
            print(f"{program.name}: not on the PATH, unpacking {program.package} into {UNPACKED}", flush=True)
            unpack(program.package)
        found = find(program.name)
        print(f"{program.name}: {found.path} ({version(program.name, found)})", flush=True)
    except Missing as missing:
        print(f"{program.name}: {missing}", file=sys.stderr)
        return False
    return True


def _provide_font() -> bool:
    try:
        if fonts() is None:
            print(f"a font with Vietnamese letters: unpacking {FONT} into {UNPACKED}", flush=True)
            unpack(FONT)
    except Missing as missing:
        print(f"{FONT}: {missing}", file=sys.stderr)
        return False
    return fonts() is not None


if __name__ == "__main__":
    sys.exit(main())
