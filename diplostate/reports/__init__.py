"""Reports: what people ask, answered as data, and that data rendered."""
