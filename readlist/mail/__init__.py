"""Mail: the SMTP client and the log of what was mailed; the only home of smtplib and keyring."""

from readlist.mail.log import MailedPapers, MailLog, MailLogError, Sent
from readlist.mail.smtp import MailError, SmtpClient, password_for

__all__ = ["MailError", "MailLog", "MailLogError", "MailedPapers", "Sent", "SmtpClient", "password_for"]
