"""The filter language: SQL boolean expressions over runs, as parameterised queries."""

from trackbook.store.filters.compiling import CompiledFilter, CompiledQuery, compile_filter, compile_query

__all__ = ["CompiledFilter", "CompiledQuery", "compile_filter", "compile_query"]
