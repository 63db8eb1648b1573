"""The setup page and the collector page in a real browser."""
