"""JSON doors: what I say about myself, and how I like things."""

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
        shown = super().to_representation(person)
        # Without a row there is nothing to read them from.
        return {**shown, "bio": shown["bio"] or "", "location": shown["location"] or ""}


class NotificationsSerializer(RequestSerializer):
    """Letters about orders, seats and certificates come whatever is said here."""

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
        """Who I am, and my roles."""
        return Response(MeSerializer(request.user).data)

    @extend_schema(request=MeSerializer, responses=MeSerializer, tags=["users"])
    def patch(self, request: Request) -> Response:
        """Change what I say about myself."""
        asked = MeSerializer(request.user, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        now, told = clock.now(), asked.validated_data
        account = {name: told.get(name) for name in ("full_name", "date_of_birth")}
        person = actions.update_profile(person=request.user, now=now, **account)
        if told.get("profile"):
            person.profile = actions.update_bio(person=person, now=now, **told["profile"])
        return Response(MeSerializer(person).data)

    @extend_schema(request=MeSerializer(partial=True), responses=MeSerializer, tags=["users"])
    def put(self, request: Request) -> Response:
        """The same as PATCH: what isn't sent stays."""
        return self.patch(request)


class SettingsView(APIView):
    @extend_schema(responses=SettingsSerializer, tags=["users"])
    def get(self, request: Request) -> Response:
        """How I like things."""
        return Response(SettingsSerializer(queries.profile_of(request.user)).data)

    @extend_schema(request=SettingsSerializer, responses=SettingsSerializer, tags=["users"])
    def patch(self, request: Request) -> Response:
        """Change how I like things. Kept for the programs that show them."""
        told = validated(SettingsSerializer, request)
        return Response(SettingsSerializer(actions.update_bio(person=request.user, now=clock.now(), **told)).data)

    @extend_schema(request=SettingsSerializer, responses=SettingsSerializer, tags=["users"])
    def put(self, request: Request) -> Response:
        """The same as PATCH: what isn't sent stays."""
        return self.patch(request)


class SocialView(APIView):
    @extend_schema(responses=SocialSerializer, tags=["users"])
    def get(self, request: Request) -> Response:
        """Where else I am found; empty where I am not."""
        return Response(_links(queries.profile_of(request.user)))

    @extend_schema(request=SocialSerializer, responses=SocialSerializer, tags=["users"])
    def put(self, request: Request) -> Response:
        """Say where else I am found. What isn't sent is forgotten."""
        told = {name: link for name, link in validated(SocialSerializer, request).items() if link}
        return Response(_links(actions.update_bio(person=request.user, now=clock.now(), links=told)))


def _links(profile: Profile) -> dict[str, str]:
    return {name: profile.links.get(name, "") for name in Profile.NETWORKS}


class SkillsView(Paged):
    @extend_schema(responses=SkillSerializer(many=True), operation_id="users_me_skills_list", tags=["users"])
    def get(self, request: Request) -> Response:
        """What I say I can do."""
        mine = Skill.objects.filter(person=request.user).order_by("created_at", "pk")
        return paged(self, request, mine, SkillSerializer)

    @extend_schema(request=SkillSerializer, responses={201: SkillSerializer}, tags=["users"])
    def post(self, request: Request) -> Response:
        """Add something I can do."""
        skill = actions.add_skill(person=request.user, **validated(SkillSerializer, request), now=clock.now())
        return Response(SkillSerializer(skill).data, status.HTTP_201_CREATED)


class SkillView(APIView):
    @extend_schema(responses={204: None}, tags=["users"])
    def delete(self, request: Request, pk: UUID) -> Response:
        """Remove something I said I can do."""
        actions.remove_skill(person=request.user, skill_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)
