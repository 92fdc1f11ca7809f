"""Trunkline and its rivals, measured in the same run on the same servers."""
