"""`python -m mostrador` is the console command `mostrador`."""

import sys

from mostrador.config.command_line import main

sys.exit(main())
