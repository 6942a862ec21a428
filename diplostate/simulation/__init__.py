"""The record in play: a clock that walks it, branches to try things on, and what tends to come next."""
