"""Who may do what at every address of the staff site, as one table.

Columns: the owner, the front desk, a practitioner with what is theirs, the same with what is another's, the content
editor. Strangers and people without a staff sign-in are led to the sign-in everywhere. Cells:

    y  goes on: a page, a redirect, or a form that says what is missing
    n  refused: 403
    g  not there for them: 404, or the admin's own "doesn't exist", which leads to its first page
    -  no such method: 405, for everyone
"""

# name of the address: GET, POST
PAGES = {
    # the diary
    "diary": ("y y y y n", "- - - - -"),
    "diary_why": ("y y y y n", "- - - - -"),
    "diary_visit": ("y y y g n", "- - - - -"),
    "diary_step": ("- - - - -", "y y y g n"),
    "diary_move": ("y y y g n", "y y y g n"),
    "diary_room": ("y y y g n", "y y y g n"),
    "diary_again": ("y y y g n", "y y y g n"),
    "diary_message": ("y y y g n", "y y y g n"),
    "diary_resend": ("- - - - -", "y y y g n"),
    "diary_receipt": ("y y y g n", "- - - - -"),
    "diary_take_back": ("- - - - -", "y y y g n"),
    "diary_note": ("- - - - -", "y y y g n"),
    "diary_new": ("y y y y n", "y y y y n"),
    "diary_clients": ("y y y y n", "- - - - -"),
    # hours, time off, rooms
    "hours": ("y y y y n", "- - - - -"),
    "hours_week": ("y y y g n", "y y n g n"),
    "hours_copy": ("y y n n n", "y y n n n"),
    "hours_extra": ("y y n n n", "y y n n n"),
    "hours_swap": ("y y n n n", "y y n n n"),
    "hours_visits": ("y y y g n", "y y y g n"),
    "time_off_new": ("y y n n n", "y y n n n"),
    "time_off_visits": ("y y y g n", "y y y g n"),
    "time_off_all_visits": ("y y y y n", "y y y y n"),
    "rooms": ("y y n n n", "y y n n n"),
    "room_out": ("y y n n n", "y y n n n"),
    # what waits, and calendars
    "worklist": ("y y y y n", "- - - - -"),
    "worklist_act": ("- - - - -", "y y y y n"),  # of another's: "dealt with already", and nothing happens
    "feeds": ("y y y y n", "- - - - -"),
    "feed_renew": ("- - - - -", "y y y g n"),
    "feed_revoke": ("- - - - -", "y y y g n"),
    # reports
    "reports": ("y n n n n", "- - - - -"),
    "report": ("y n n n n", "- - - - -"),
    "report_file": ("y n n n n", "- - - - -"),
    # clients
    "clients_find": ("y y y y n", "- - - - -"),
    "client": ("y y y g n", "- - - - -"),
    "client_comfort": ("- - - - -", "y y n n n"),
    "client_note_new": ("- - - - -", "y y y g n"),
    "client_note": ("g g y g n", "g g y g n"),  # a note is its writer's
    "client_merge": ("y y n n n", "y y n n n"),
    "client_export": ("- - - - -", "y y n n n"),
    "client_imports": ("y n n n n", "y n n n n"),
    "client_import": ("y n n n n", "- - - - -"),
    "client_import_columns": ("- - - - -", "y n n n n"),
    "client_import_start": ("- - - - -", "y n n n n"),
    "client_import_delete": ("- - - - -", "y n n n n"),
    "client_import_refused": ("y n n n n", "- - - - -"),
    # the admin's own
    "index": ("y y y y y", "y y y y y"),
    "password_change": ("y y y y y", "y y y y y"),
    "password_change_done": ("y y y y y", "- - - - -"),
    "jsi18n": ("y y y y y", "- - - - -"),
    "app_list": ("y y y y g", "y y y y g"),
    "autocomplete": ("n n n n n", "- - - - -"),  # it asks for a field; what it finds is tried in test_roles.py
    "view_on_site": ("y y y y y", "y y y y y"),  # where a page for everybody is
    "auth_user_password_change": ("y n n n n", "y n n n n"),
    "services_article_preview": ("- - - - -", "y n n n y"),
    "services_article_preview_new": ("- - - - -", "y n n n y"),
    "booking_appointment_step": ("- - - - -", "y y y g g"),
    "booking_consultationrequest_step": ("g g g g g", "y y g g g"),
    "booking_consultationrequest_times": ("y y g g g", "y y g g g"),
    "booking_message_html": ("y y n g g", "- - - - -"),
    "booking_message_send": ("- - - - -", "y y n g g"),
}

# table of the admin: what each may do with its rows: (v)iew, (a)dd, (c)hange, (d)elete. A practitioner does it with
# their own rows alone, wherever the table is among `booking.access.OWN`.
RECORDS = {
    "auth.group": ("vacd", "", "", ""),
    "auth.user": ("vacd", "", "", ""),
    "booking.appointment": ("vc", "vc", "vc", ""),
    "booking.busytime": ("v", "", "", ""),
    "booking.client": ("vac", "vac", "v", ""),  # an owner deletes one who never came; these have visits
    "booking.consultationrequest": ("vc", "vc", "", ""),
    "booking.message": ("vc", "vc", "", ""),
    "booking.timeoff": ("vacd", "vacd", "v", ""),
    "booking.visit": ("v", "v", "v", ""),
    "procrastinate.procrastinatejob": ("", "", "", ""),
    "services.article": ("vacd", "", "", "vacd"),
    "services.equipment": ("vacd", "v", "", ""),
    "services.location": ("vacd", "v", "", ""),
    "services.picture": ("vcd", "", "", "vcd"),
    "services.practitioner": ("vacd", "v", "", ""),
    "services.room": ("vacd", "vc", "", ""),
    "services.service": ("vacd", "v", "", "vc"),
    "services.servicetype": ("vacd", "v", "", "vc"),
}
