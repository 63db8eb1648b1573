"""Candidates beside what is published: which is which, and what people decide."""
