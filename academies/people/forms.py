from django import forms


class SignUpFields(forms.Form):
    """What we ask beyond e-mail and password."""

    full_name = forms.CharField(max_length=50)
    date_of_birth = forms.DateField()

    def signup(self, request, user) -> None:  # type: ignore[no-untyped-def]
        user.full_name = self.cleaned_data["full_name"]
        user.date_of_birth = self.cleaned_data["date_of_birth"]
        user.save()
