"""Proves that the code on published pages still works."""
