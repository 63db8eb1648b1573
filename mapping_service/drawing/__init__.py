"""Maps and sheets that riders hold in their hands: laid out in millimetres, written as SVG and PDF.

Layout is pure: records in, a ``Drawing`` out, the same on every machine; it knows no fonts but their usual widths, no
database and no web. ``svg`` writes a drawing; ``pdf`` prints a page, drawings on it.
"""
