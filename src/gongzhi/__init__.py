"""Gongzhi 共治: the organisations of several regions govern together."""

__version__ = "0.1.0"
