"""Print both matrices in numbers: ``python -m tests.interop.matrix``."""

from collections import Counter

from tests.interop.cells import HOLES, PLANNED
from tests.interop.rare_cells import RARE_HOLES, RARE_PLANNED


def main() -> None:
    """Print how many cells there are for each role and peer, then every reason for a hole with its count."""
    for (role, peer), count in sorted(Counter((one.role, one.peer) for one in PLANNED + RARE_PLANNED).items()):
        print(f"{count:4} cells: hellodone as {role} with {peer}")
    for (peer, reason), count in sorted(Counter((one.cell.peer, one.reason) for one in HOLES + RARE_HOLES).items()):
        print(f"{count:4} holes: {peer}: {reason}")


if __name__ == "__main__":
    main()
