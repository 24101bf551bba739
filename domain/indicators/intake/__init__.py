"""From the bytes of a file to checked rows: cut into pieces, named by columns, read cell by cell. Pure."""
