"""The ``diplostate`` command: arguments in, reports out."""
