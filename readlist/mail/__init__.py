"""Sending mail, and keeping which papers were mailed; the only home of smtplib and keyring."""

from readlist.mail.log import Known, MailLog, MailLogError, Sent
from readlist.mail.smtp import MailError, SmtpClient, password_for

__all__ = ["Known", "MailError", "MailLog", "MailLogError", "Sent", "SmtpClient", "password_for"]
