"""Charts: what figures look like as data, as SVG that everybody can read, and as a table. Pure."""
