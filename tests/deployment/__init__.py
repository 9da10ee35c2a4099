"""The pages in docs/deploy/, followed word for word on a machine of their own."""
