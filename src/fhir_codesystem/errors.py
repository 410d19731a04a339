"""What ends a run: an environment that cannot be worked in, said in one line."""


class EnvironmentProblem(Exception):
    """A file that is not there, a folder that cannot be written, a disk that is full.

    The text is one clear line for a person. The command ends with exit code 2; bad *content*
    is never this, it is a finding.
    """


class BuildFailed(Exception):
    """The resource was asked of a build whose findings hold an error."""
