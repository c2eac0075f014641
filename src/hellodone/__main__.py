"""``python -m hellodone`` is the same as ``hellodone``."""

import sys

from hellodone.cli.__main__ import main

sys.exit(main())
