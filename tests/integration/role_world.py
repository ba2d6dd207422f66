"""One clinic with a person in every role, a visit of each of two practitioners, and one row of everything else."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from booking import appointments, feeds, roles
from booking.models import Change, ClientImport, ClientNote, Message, MoveOffer, Visit
from services.models import Equipment, Picture
from tests.factory import (
    NOW,
    TEN,
    make_appointment,
    make_article,
    make_clinic,
    make_details,
    make_request,
    make_time_off,
)

HOUR = timedelta(hours=1)


class World:
    """Rows by name; `own` and `theirs` are the visits of Mara, whose sign-in `mara_user` is, and of the other."""

    def __init__(self) -> None:
        self.clinic = make_clinic(practitioners=2, rooms=2)
        self.mara, self.other = self.clinic.practitioners
        self.owner = self._staff("olive", roles.OWNER)
        self.desk = self._staff("rosa", roles.FRONT_DESK)
        self.mara_user = self._staff("mara", roles.PRACTITIONER)
        self.editor = self._staff("theo", roles.EDITOR)
        self.mara.user = self.mara_user
        self.mara.save()
        self.own_details = make_details(first_name="Samantha", last_name="Whitlock", phone="+15035550142")
        other_details = make_details(first_name="Ottoline", last_name="Quillfeather", phone="+15035550199")
        self.own = self.book(self.mara, NOW, details=self.own_details)
        self.theirs = self.book(self.other, NOW, details=other_details)
        self.own_client, self.other_client = self.own.client, self.theirs.client
        self._make_the_rest()

    def book(self, practitioner, now, *, details, hour=0):
        return make_appointment(
            self.clinic, practitioner=practitioner, starts_at=TEN + hour * HOUR, details=details, now=now
        )

    def _staff(self, name, role):
        user = User.objects.create_user(name, password="a very long password", is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        return user

    def _make_the_rest(self) -> None:
        self.notes = [
            ClientNote.objects.create(client=client, text="Rings the bell twice.", by=by, at=NOW)
            for client, by in ((self.own_client, self.mara_user), (self.other_client, self.desk))
        ]
        away = TEN + 24 * HOUR
        self.time_off = [
            make_time_off(practitioner=one, starts_at=away, ends_at=away + HOUR) for one in self.clinic.practitioners
        ]
        for one in self.clinic.practitioners:
            feeds.renew(one, now=NOW)
        held = appointments.hold(
            self.clinic.option, starts_at=TEN + 2 * HOUR, practitioner=self.other, owner="a", address="b", now=NOW
        )
        MoveOffer.objects.create(appointment=self.theirs, held=held, created_at=NOW)
        self.request = make_request()
        self.article = make_article()
        self.picture = Picture.objects.create(
            digest="0" * 20, widths=[600], width=600, height=400, alt="The quiet room", created_at=NOW
        )
        self.equipment = Equipment.objects.create(name="Sink")
        self.batch = ClientImport.objects.create(file_name="clients.csv", headings=["Name"], created_at=NOW)

    def user_of(self, column):
        return {"owner": self.owner, "desk": self.desk, "editor": self.editor}.get(column, self.mara_user)

    def address(self, name, column):
        return reverse(f"admin:{name}", kwargs=self._arguments(name, 1 if column == "others" else 0))

    def record_address(self, label, page, column):
        name = f"admin:{label.replace('.', '_')}_{page}"
        if page in ("changelist", "add"):
            return reverse(name)
        return reverse(name, args=[self._row(label, 1 if column == "others" else 0)])

    def data_of(self, name):
        return {"diary_step": {"seen": "0"}}.get(name)

    def _arguments(self, name, which):
        visit, client = (self.own, self.theirs)[which], (self.own_client, self.other_client)[which]
        practitioner = self.clinic.practitioners[which]
        by_prefix = {
            "diary_step": {"pk": visit.pk, "step": "arrive"},
            "diary_take_back": {"pk": Change.objects.filter(appointment=visit).latest("pk").pk},
            "hours_": {"pk": practitioner.pk},
            "feed_": {"pk": practitioner.pk},
            "time_off_visits": {"pk": self.time_off[which].pk},
            "room_out": {"pk": self.clinic.rooms[0].pk},
            "worklist_act": {"code": "unconfirmed", "pk": visit.pk, "step": "confirm"},
            "report_file": {"slug": "revenue", "kind": "csv"},
            "client_note": {"pk": client.pk, "note_pk": self.notes[which].pk},
            "client_export": {"pk": client.pk, "kind": "json"},
            "client_import": {"pk": self.batch.pk},
            "app_list": {"app_label": "booking"},
            "view_on_site": {
                "content_type_id": ContentType.objects.get_for_model(self.article).pk,
                "object_id": self.article.pk,
            },
            "auth_user_password_change": {"id": self.editor.pk},
            "services_article_preview": {"pk": self.article.pk},
            "booking_appointment_step": {"object_id": visit.pk, "code": "arrive"},
            "booking_consultationrequest_step": {"object_id": self.request.pk, "code": "decline"},
            "booking_consultationrequest_times": {"object_id": self.request.pk},
            "booking_message_": {"object_id": self._row("booking.message", which)},
        }
        without = {"diary_new", "diary_clients", "diary_why", "client_note_new", "client_imports", "hours"}
        without |= {"services_article_preview_new", "time_off_new"}
        if name == "client_note_new":
            return {"pk": client.pk}
        if name == "report":
            return {"slug": "revenue"}
        found = [(start, given) for start, given in by_prefix.items() if name.startswith(start)]
        if found and name not in without:
            return max(found, key=lambda pair: len(pair[0]))[1]
        if name.startswith("diary_") and name not in without:
            return {"pk": visit.pk}
        if name in ("client", "client_comfort", "client_merge"):
            return {"pk": client.pk}
        return {}

    def _row(self, label, which):
        visit = (self.own, self.theirs)[which]
        return {
            "auth.group": lambda: Group.objects.first().pk,
            "auth.user": lambda: self.editor.pk,
            "booking.appointment": lambda: visit.pk,
            "booking.busytime": lambda: visit.busy_times.first().pk,
            "booking.client": lambda: visit.client_id,
            "booking.consultationrequest": lambda: self.request.pk,
            "booking.message": lambda: Message.objects.filter(appointment=visit).first().pk,
            "booking.timeoff": lambda: self.time_off[which].pk,
            "booking.visit": lambda: Visit.objects.get(pk=visit.visit_id).pk,
            "procrastinate.procrastinatejob": lambda: ProcrastinateJob.objects.first().pk,
            "services.article": lambda: self.article.pk,
            "services.equipment": lambda: self.equipment.pk,
            "services.location": lambda: self.clinic.location.pk,
            "services.picture": lambda: self.picture.pk,
            "services.practitioner": lambda: self.clinic.practitioners[which].pk,
            "services.room": lambda: self.clinic.rooms[0].pk,
            "services.service": lambda: self.clinic.service.pk,
            "services.servicetype": lambda: self.clinic.service.service_type_id,
        }[label]()
