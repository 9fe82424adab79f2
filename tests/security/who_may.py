"""Who may reach each page, said a second time, apart from the pages themselves.

A page that is not named here fails the walk: whoever adds one says here, too, whom it is for.
"""

from __future__ import annotations

from enum import StrEnum

from tests.security.actors import MEMBERS, SIGNED_IN, Actor


class Answer(StrEnum):
    """What a request comes to, as far as rights go."""

    SIGN_IN = "asked to sign in"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    THROUGH = "through"


ANYONE = frozenset(Actor)
MEMBER = MEMBERS & SIGNED_IN
ORGANIZERS = frozenset({Actor.ORGANIZER, Actor.ORGANIZER_OTHER})
ADMIN = frozenset({Actor.ADMIN})
MODERATOR = frozenset({Actor.MODERATOR})

#: Endpoint by endpoint: for whom it is at all.
AUDIENCES: dict[frozenset[Actor], str] = {
    ANYONE: """
        home.index pages.about pages.pause pages.leave pages.privacy pages.terms pages.theme help.index
        privacy_tools.meeting_safely privacy_tools.come_back privacy_tools.left accounts.check_mail
        calendar.feed mails.ask_stop mails.stop dev.design dev.mail health.alive health.ready health.figures
        directory.index calendar.recurring_feed
        static security.static security.login security.logout security.register security.forgot_password
        security.reset_password security.send_confirmation security.confirm_email
        security.change_email_confirm security.mf_recovery security.tf_select security.two_factor_rescue
        security.two_factor_setup security.two_factor_token_validation security.wan_signin
        security.wan_signin_response
    """,
    SIGNED_IN: """
        visits.index visits.end_others blocks.done blocks.of_group blocks.ask_fellow blocks.block_fellow
        privacy_tools.index privacy_tools.export_page privacy_tools.ask_export privacy_tools.take_export
        privacy_tools.export_state privacy_tools.leave reports.file reports.thanks supporters.supporting
        supporters.supported supporters.look supporters.write supporters.propose supporters.accept
        accounts.index accounts.organizer accounts.become_organizer security.change_password
        security.change_email security.verify security.mf_recovery_codes security.two_factor_setup_validate
        security.wan_register security.wan_register_response security.wan_delete security.wan_verify
        security.wan_verify_response
    """,
    MEMBER: """
        blocks.index blocks.undo blocks.ask_organizer blocks.block_organizer supporters.index
        supporters.page supporters.revoke supporters.invite supporters.decide
        calendar.one circles.page circles.ask circles.agree circles.step_out circles.again circles.show_card
        circles.say_kind
        circles.ask_block
        circles.block checkins.index checkins.ask checkins.answer checkins.change checkins.mail
        checkins.forget events.index events.page goals.index goals.begin goals.away goals.smaller
        goals.talked groups.index groups.page groups.ask groups.join groups.leave ladder.index ladder.new
        ladder.add ladder.step ladder.move ladder.archive ladder.restore ladder.edit ladder.accept
        ladder.decline ladder.progress ladder.tough_day ladder.take_smaller notebook.index notebook.page
        notebook.write notebook.edit notebook.rewrite notebook.change notebook.tick portfolio.index
        portfolio.did practice.index practice.page practice.take profile.index profile.edit profile.save
        profile.change_consent profile.remove_place profile.end_rest profile.welcome profile.step
        profile.answer_step profile.finish profile.start progress.index reflections.ask reflections.keep
        reflections.kept reflections.moved reflections.kindness reflections.choose rsvps.ask rsvps.accept
        rsvps.decline rsvps.index rsvps.page rsvps.cancel suggestions.index suggestions.progress
        suggestions.look suggestions.accept suggestions.decline suggestions.not_a_fit
        suggestions.does_not_fit suggestions.prepared wins.index wins.note wins.remove
        mails.index mails.choose mails.none mails.no_reminders people.page people.note people.forget_note
        people.new_day people.add_day people.day people.change_day people.forget_day
        people.touch people.in_touch
        routines.index routines.new routines.begin routines.page routines.change routines.act
        recurring.index recurring.page courtesies.say courtesies.take_back
        tasks.take tasks.give_back
    """,
    ORGANIZERS: """
        organizer.index organizer.found organizer.group organizer.edit organizer.close organizer.events.post
        organizer.events.page organizer.events.edit organizer.events.cancel organizer.events.cancel_date
        organizer.facilitation.ask organizer.facilitation.withdraw organizer.tasks.name
    """,
    MODERATOR: """
        moderation.index moderation.page moderation.open_report moderation.decide moderation.second
    """,
    ADMIN: """
        admin.index admin.desk.index admin.desk.message admin.matching.index admin.matching.change
        admin.matching.activate admin.matching.version admin.matching.progress admin.models.index
        admin.models.learn admin.models.progress admin.models.version admin.runs.index
        admin.directory.index admin.directory.add admin.directory.edit admin.directory.retire
        admin.directory.restore admin.facilitation.index admin.facilitation.decide
    """,
}
#: Of those, the ones about a thing that is one person's own: for everybody else it is not there.
OWN: dict[frozenset[Actor], str] = {
    frozenset({Actor.SELF}): """
        circles.ask_block circles.block
        blocks.undo supporters.page supporters.revoke supporters.decide privacy_tools.take_export
        courtesies.say courtesies.take_back tasks.take tasks.give_back
        calendar.one goals.away goals.smaller goals.talked ladder.step ladder.move ladder.archive
        ladder.restore ladder.edit ladder.accept ladder.decline ladder.take_smaller notebook.change
        notebook.edit notebook.rewrite portfolio.did
        people.page people.note people.forget_note people.new_day people.add_day people.day
        people.change_day people.forget_day people.touch people.in_touch routines.page
        routines.change routines.act
        reflections.ask reflections.keep reflections.kept reflections.moved reflections.kindness
        reflections.choose rsvps.page rsvps.cancel suggestions.accept suggestions.decline
        suggestions.not_a_fit suggestions.does_not_fit suggestions.prepared wins.remove
    """,
    frozenset({Actor.SELF, Actor.OTHER}): """
        circles.page circles.ask circles.agree circles.step_out circles.again circles.show_card
        circles.say_kind
    """,
    frozenset({Actor.SUPPORTER}): """
        supporters.supported supporters.look supporters.write supporters.propose
    """,
    MEMBER - {Actor.ORGANIZER}: "blocks.ask_organizer blocks.block_organizer",
    frozenset({Actor.SELF, Actor.ORGANIZER}): "blocks.ask_fellow blocks.block_fellow",
    frozenset({Actor.SELF, Actor.OTHER, Actor.ORGANIZER}): "blocks.of_group",
    frozenset({Actor.ORGANIZER}): """
        organizer.group organizer.edit organizer.close organizer.events.post organizer.events.page
        organizer.events.edit organizer.events.cancel organizer.events.cancel_date
        organizer.facilitation.ask organizer.facilitation.withdraw organizer.tasks.name
    """,
}
#: At these, a made-up link or file leads nowhere for anybody; a copy is not built yet; figures are not
#: served to networks.
NOWHERE = frozenset(
    [
        "calendar.feed",
        "calendar.recurring_feed",
        "mails.ask_stop",
        "mails.stop",
        "security.static",
        "health.figures",
        "supporters.accept",
        "privacy_tools.take_export",
    ]
)
#: At these the address is the proof, as mail programs have no session: a made-up one leads nowhere.
SIGNED = frozenset(["mails.stop"])


def _by_endpoint() -> dict[str, frozenset[Actor]]:
    return {endpoint: who for who, names in AUDIENCES.items() for endpoint in names.split()}


WHO = _by_endpoint()
OWNERS = {endpoint: owners for owners, names in OWN.items() for endpoint in names.split()}


def expected(endpoint: str, actor: Actor) -> Answer:
    """What this person is answered at the page about the member's own thing."""
    who = WHO[endpoint]
    if actor not in who:
        return Answer.FORBIDDEN if actor in SIGNED_IN else Answer.SIGN_IN
    if endpoint in NOWHERE or actor not in OWNERS.get(endpoint, who):
        return Answer.MISSING
    return Answer.THROUGH
