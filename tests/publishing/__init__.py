"""Publishing: beside a server that is told what to answer, and beside a real one."""
