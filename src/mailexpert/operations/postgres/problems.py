"""What can go wrong with the embedded server. Each docstring is the message, each type asks for another
next step."""

from mailexpert.operations.problems import Problem


class ServerProblem(Problem):
    """PostgreSQL can't be used."""


class NoHome(ServerProblem):
    """There is no home here: {home} holds no database. Start MailExpert with `mailexpert up` or `make run`
    first, or name the right folder in MAILEXPERT_HOME."""


class NoServer(ServerProblem):
    """No PostgreSQL from {oldest} to {newest} was found. Run `make setup`, which brings one; or install it
    (on Debian: apt-get install postgresql), or name a server in DATABASE_URL."""


class WrongMajor(ServerProblem):
    """The database in {data} was made by PostgreSQL {made}, and this machine has only {found}. Install
    PostgreSQL {made} (on Debian: apt-get install postgresql-{made}), or name another home in
    MAILEXPERT_HOME."""


class NotYours(ServerProblem):
    """{path} belongs to {owner}, and you are {you}. Start MailExpert as {owner}, or name a home of your own
    in MAILEXPERT_HOME."""


class NoAccount(ServerProblem):
    """PostgreSQL doesn't run as root, and this machine has no account it could drop to: neither `postgres`
    nor `nobody` exists. Start MailExpert as an ordinary user, or name a server in DATABASE_URL."""


class NoUserName(ServerProblem):
    """User number {uid} has no name on this machine, and PostgreSQL needs one. Add it to /etc/passwd, start
    MailExpert as another user, or name a server in DATABASE_URL."""


class NowhereToGo(ServerProblem):
    """PostgreSQL runs here as {account}, which reaches neither {home} nor a folder of its own under
    {tried}. Name a home in MAILEXPERT_HOME that {account} can reach."""


class SocketFolderTaken(ServerProblem):
    """{folder} should be PostgreSQL's socket folder, but it belongs to someone else or is open to others.
    Remove it, or name a home with a path of at most {longest} bytes in MAILEXPERT_HOME."""


class SocketTaken(ServerProblem):
    """Process {pid} is another PostgreSQL and listens in {folder}. Stop it, or name another home in
    MAILEXPERT_HOME."""


class DiskFull(ServerProblem):
    """The disk that holds {path} is full ({free} MB free), so PostgreSQL can't work. Make room and start
    again; nothing that was stored is lost."""


class DataGone(ServerProblem):
    """The database of {home} lay in {base}, and that folder is gone. Put it back, or remove {record} to begin
    with an empty database."""


class DamagedData(ServerProblem):
    """{data} is no PostgreSQL data folder: {reason}. Put a backup back, or move the folder away to begin
    with an empty database."""


class WouldNotStart(ServerProblem):
    """PostgreSQL did not start. Its last words, from {log}: {words}"""


class WouldNotStop(ServerProblem):
    """PostgreSQL (process {pid}) did not stop within {seconds} seconds. It may still be writing; look in
    {log}."""
