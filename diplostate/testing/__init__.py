"""For those who embed the model: Hypothesis strategies, and scenarios as given, when, then."""
