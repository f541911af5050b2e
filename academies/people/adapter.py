from allauth.account.adapter import DefaultAccountAdapter


class AcademyAccountAdapter(DefaultAccountAdapter):
    """Accounts of one academy."""
