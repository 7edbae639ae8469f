"""What stops a command. The docstring of each type is the message, so that the type says what to do next."""


class Problem(Exception):
    """Something is wrong."""

    def __init__(self, **facts: object) -> None:
        super().__init__(" ".join((type(self).__doc__ or "").split()).format(**facts))


class PortTaken(Problem):
    """Port {port} is in use by {owner}, and `{process}` needs it. Stop that one, or choose another port with
    {variable}."""


class AlreadyUp(Problem):
    """MailExpert already runs in {home} (process {pid}). Stop that one first, or name another home in
    MAILEXPERT_HOME."""


class NotBuilt(Problem):
    """`{process}` is not part of this version of MailExpert."""
