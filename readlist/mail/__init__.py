"""Sending mail, and keeping which papers were mailed; the only home of smtplib and keyring."""

from readlist.mail.log import Known, MailLog, MailLogError, Sent
from readlist.mail.password import password_for
from readlist.mail.smtp import MailError, Postbox

__all__ = ["Known", "MailError", "MailLog", "MailLogError", "Postbox", "Sent", "password_for"]
