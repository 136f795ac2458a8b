"""The embedded engine: a linear model over character n-grams in two views, numpy alone at run time."""
