"""Real PostgreSQL and Redis for one machine, and the supervisor that keeps our own processes beside them.

For POSIX systems: elsewhere, point the settings at servers that already run.
"""
