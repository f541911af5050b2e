"""Endpoints of a person's profile and settings."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.validators import URLValidator
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from academies.api.lists import Paged, paged
from academies.api.serializers import RequestSerializer, validated
from academies.kernel import clock
from academies.people import actions, queries
from academies.people.api_v1.accounts import ProfileSerializer
from academies.people.models import Profile, Skill, User


class MeSerializer(ProfileSerializer):
    bio = serializers.CharField(source="profile.bio", default="", allow_blank=True, max_length=2000)
    location = serializers.CharField(source="profile.location", default="", allow_blank=True, max_length=120)
    roles = serializers.SlugRelatedField(source="groups", slug_field="name", many=True, read_only=True)
    email_verified = serializers.SerializerMethodField()

    class Meta(ProfileSerializer.Meta):
        fields = [*ProfileSerializer.Meta.fields, "bio", "location", "roles", "email_verified"]

    def get_email_verified(self, person: User) -> bool:
        return queries.has_verified_email(person)

    def to_representation(self, person: User) -> dict[str, Any]:
        fields = super().to_representation(person)
        # Without a profile both are None.
        return {**fields, "bio": fields["bio"] or "", "location": fields["location"] or ""}


class NotificationsSerializer(RequestSerializer):
    """Optional emails. Emails about orders, seats and certificates are always sent."""

    reminders = serializers.BooleanField(source="mail_reminders", required=False)
    news = serializers.BooleanField(source="mail_news", required=False)


class VideoSerializer(RequestSerializer):
    autoplay = serializers.BooleanField(source="video_autoplay", required=False)
    captions = serializers.BooleanField(source="video_captions", required=False)
    speed = serializers.FloatField(source="video_speed", min_value=0.25, max_value=4, required=False)


class SettingsSerializer(RequestSerializer):
    theme = serializers.ChoiceField(Profile.Theme.choices, required=False)
    language = serializers.ChoiceField(settings.LANGUAGES, allow_blank=True, required=False)
    notifications = NotificationsSerializer(source="*", required=False)
    video = VideoSerializer(source="*", required=False)


def _link() -> serializers.CharField:
    return serializers.CharField(
        max_length=300, allow_blank=True, default="", validators=[URLValidator(schemes=["http", "https"])]
    )


class SocialSerializer(RequestSerializer):
    website, linkedin, github, x = _link(), _link(), _link(), _link()
    youtube, facebook, instagram = _link(), _link(), _link()


class SkillSerializer(RequestSerializer):
    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=60)
    proficiency = serializers.ChoiceField(Skill.Proficiency.choices, default=Skill.Proficiency.BEGINNER)
    created_at = serializers.DateTimeField(read_only=True)


class MeView(APIView):
    @extend_schema(responses=MeSerializer, tags=["users"])
    def get(self, request: Request) -> Response:
        """Get my account and roles."""
        return Response(MeSerializer(request.user).data)

    @extend_schema(request=MeSerializer, responses=MeSerializer, tags=["users"])
    def patch(self, request: Request) -> Response:
        """Update my profile."""
        serializer = MeSerializer(request.user, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        now, fields = clock.now(), serializer.validated_data
        account = {name: fields.get(name) for name in ("full_name", "date_of_birth")}
        person = actions.update_profile(person=request.user, now=now, **account)
        if fields.get("profile"):
            person.profile = actions.update_bio(person=person, now=now, **fields["profile"])
        return Response(MeSerializer(person).data)

    @extend_schema(request=MeSerializer(partial=True), responses=MeSerializer, tags=["users"])
    def put(self, request: Request) -> Response:
        """The same as PATCH: fields that are left out keep their values."""
        return self.patch(request)


class SettingsView(APIView):
    @extend_schema(responses=SettingsSerializer, tags=["users"])
    def get(self, request: Request) -> Response:
        """Get my settings."""
        return Response(SettingsSerializer(queries.profile_of(request.user)).data)

    @extend_schema(request=SettingsSerializer, responses=SettingsSerializer, tags=["users"])
    def patch(self, request: Request) -> Response:
        """Update my settings. They are stored for the clients that use them."""
        fields = validated(SettingsSerializer, request)
        return Response(SettingsSerializer(actions.update_bio(person=request.user, now=clock.now(), **fields)).data)

    @extend_schema(request=SettingsSerializer, responses=SettingsSerializer, tags=["users"])
    def put(self, request: Request) -> Response:
        """The same as PATCH: fields that are left out keep their values."""
        return self.patch(request)


class SocialView(APIView):
    @extend_schema(responses=SocialSerializer, tags=["users"])
    def get(self, request: Request) -> Response:
        """List my links; empty strings where there is none."""
        return Response(_links(queries.profile_of(request.user)))

    @extend_schema(request=SocialSerializer, responses=SocialSerializer, tags=["users"])
    def put(self, request: Request) -> Response:
        """Replace my links. Links that are left out are removed."""
        links = {name: link for name, link in validated(SocialSerializer, request).items() if link}
        return Response(_links(actions.update_bio(person=request.user, now=clock.now(), links=links)))


def _links(profile: Profile) -> dict[str, str]:
    return {name: profile.links.get(name, "") for name in Profile.NETWORKS}


class SkillsView(Paged):
    @extend_schema(responses=SkillSerializer(many=True), tags=["users"])
    def get(self, request: Request) -> Response:
        """List my skills."""
        skills = Skill.objects.filter(person=request.user).order_by("created_at", "pk")
        return paged(self, request, skills, SkillSerializer)

    @extend_schema(request=SkillSerializer, responses={201: SkillSerializer}, tags=["users"])
    def post(self, request: Request) -> Response:
        """Add a skill."""
        skill = actions.add_skill(person=request.user, **validated(SkillSerializer, request), now=clock.now())
        return Response(SkillSerializer(skill).data, status.HTTP_201_CREATED)


class SkillView(APIView):
    @extend_schema(responses={204: None}, tags=["users"])
    def delete(self, request: Request, pk: UUID) -> Response:
        """Remove a skill."""
        actions.remove_skill(person=request.user, skill_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)
