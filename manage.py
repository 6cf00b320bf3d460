#!/usr/bin/env python3
"""Run a command of the product: the same as `mandat …`, before it is installed."""

from config.commandline import main

if __name__ == "__main__":
    main()
