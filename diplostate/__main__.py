"""``python -m diplostate`` is the command ``diplostate``."""

from diplostate.cli import main

main()
