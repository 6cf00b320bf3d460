"""`mandat up`: the database, the pages, the jobs and the doorbell on one machine, started and stopped as one."""

from mandat.platform.supervisor.command import up

__all__ = ["up"]
