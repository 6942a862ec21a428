"""Runs the command as ``python -m diplostate.cli``."""

from diplostate.cli import main

main()
