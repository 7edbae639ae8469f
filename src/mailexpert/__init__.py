"""MailExpert: e-mail marketing software that keeps its privacy promises."""

__version__ = "0.1.0"
