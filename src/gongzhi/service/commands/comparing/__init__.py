"""Regions' rules compared from the command line, with the matters that fall where they differ."""
