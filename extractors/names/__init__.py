"""Agencies, laws, treaties, policies and programs named in a chapter."""
