from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class UserManager(BaseUserManager):
    def create_user(self, *, username: str, email: str, name: str, language: str) -> "User":
        """Make an account that cannot sign in yet: its password comes with the invitation."""
        user = self.model(
            username=username, email=self.normalize_email(email), name=name, language=language
        )
        user.set_unusable_password()
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An account of a member of staff. What it may do is in ``RoleGrant`` rows alone."""

    username = models.CharField(max_length=60, unique=True)
    email = models.EmailField()
    name = models.CharField(max_length=150)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    is_active = models.BooleanField(default=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ("email",)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_any_case"),
            models.CheckConstraint(name="user_has_email", condition=~Q(email="")),
        ]

    def __str__(self) -> str:
        return self.username
