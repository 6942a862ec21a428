"""Coded event data read as talks: CAMEO codes in ICEWS and GDELT, and the meetings of mediators in MEND."""
