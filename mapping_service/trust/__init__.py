"""Whom and what to believe: copies and inventions among the traces, and how reliable each contributor has been."""
