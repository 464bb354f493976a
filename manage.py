#!/usr/bin/env python
"""Run Django's own command line; `mostrador` is the product's."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mostrador.config.settings")
    execute_from_command_line(sys.argv)
