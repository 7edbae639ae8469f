"""Templates that come with MailExpert, in both languages."""
