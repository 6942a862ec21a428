"""Whole ledgers at once: the machine compiled to integers, and engines that fold columns of symbols with it."""
