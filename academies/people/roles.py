"""Who may do what in an academy: roles as groups, seeded per academy, each a list of permissions.

The last two kinds of permission are Wagtail's own: on pages below the home page, and on collections of pictures and files.
"""

from dataclasses import dataclass, field

ALL_CONTENT = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page", "bulk_delete_page")


def _on(model: str, *verbs: str) -> list[str]:
    app, name = model.split(".")
    return [f"{app}.{verb}_{name}" for verb in verbs]


_EDIT_CONTENT = [
    *_on("courses.category", "add", "change", "delete", "view"),
    *_on("courses.instructor", "add", "change", "delete", "view", "publish", "lock", "unlock"),
    *_on("events.venue", "add", "change", "delete", "view", "publish", "lock", "unlock"),
]
# What somebody who writes courses and events chooses from.
_CHOOSE = [*_on("courses.instructor", "view"), *_on("courses.category", "view"), *_on("events.venue", "view")]
_SEE_PEOPLE = [
    *_on("people.user", "view"),
    *_on("enrolments.enrolment", "view"),
    *_on("enrolments.registration", "view"),
    *_on("offerings.offering", "view"),
]
_MONEY = [
    *_on("checkout.order", "view", "refund", "cancel"),
    *_on("checkout.paymentattempt", "view"),
    *_on("checkout.refund", "view"),
    *_on("inbox.event", "view", "replay"),
]
_SELL = [*_on("plans.plan", "add", "change", "delete", "view"), *_on("plans.coupon", "add", "change", "delete", "view")]
_CERTIFICATES = _on("certificates.certificate", "view", "revoke", "reissue")
_SEATS = [*_on("enrolments.enrolment", "cancel"), *_on("enrolments.registration", "cancel", "promote")]
_DATES = _on("offerings.offering", "view", "cancel")


@dataclass(frozen=True)
class Role:
    """permissions: `app_label.codename`.  pages: codenames on the whole tree.  collections: codenames on all files."""

    name: str
    permissions: list[str] = field(default_factory=list)
    pages: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()


_ADMIN = ["wagtailadmin.access_admin"]
# Wagtail asks for the permissions of its own two models, whichever models of ours take their place.
_OWN_FILES = ("add_image", "choose_image", "add_document", "choose_document")
# Who may add files may change and delete those they added. The next two mean everybody's.
_FILES = (*_OWN_FILES, "change_image", "change_document")

OWNER, EDITOR, TEACHER, FINANCE, FRONT_DESK, LEARNER = "Owner", "Editor", "Teacher", "Finance", "Front desk", "Learner"

ROLES = (
    Role(
        OWNER,
        [*_ADMIN, *_EDIT_CONTENT, *_SEE_PEOPLE, *_MONEY, *_SELL, *_CERTIFICATES, *_SEATS, *_DATES,
         "people.assign_role", "people.invite_user", *_on("pages.brand", "change"), *_on("pages.headless", "change"),
         *_on("notices.messagetemplate", "add", "change", "delete", "view"),
         *_on("notices.delivery", "view"), *_on("journal.entry", "view")],
        ALL_CONTENT, _FILES,
    ),
    Role(EDITOR, [*_ADMIN, *_EDIT_CONTENT, *_DATES, *_on("plans.plan", "view")], ALL_CONTENT, _FILES),
    Role(TEACHER, [*_ADMIN, *_SEE_PEOPLE, *_CHOOSE], ("add_page", "change_page"), _OWN_FILES),
    Role(FINANCE, [*_ADMIN, *_MONEY, *_SELL, *_SEE_PEOPLE, *_on("certificates.certificate", "view")]),
    Role(FRONT_DESK, [*_ADMIN, *_SEE_PEOPLE, *_SEATS, *_DATES, *_CERTIFICATES, *_on("checkout.order", "view")]),
    Role(LEARNER),
)  # fmt: skip
