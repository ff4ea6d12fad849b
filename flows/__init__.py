"""The run: find files, extract, validate, publish. The only package that knows files, schemas and extractors."""
