"""The staff's own pages, one module a topic. The admin site puts each behind its sign-in, under /admin/."""

from booking.staff import clients, diary, feeds, hours, reports, rooms, time_off, visits, why, worklist

urlpatterns = [
    *diary.urlpatterns,
    *visits.urlpatterns,
    *why.urlpatterns,
    *hours.urlpatterns,
    *time_off.urlpatterns,
    *rooms.urlpatterns,
    *worklist.urlpatterns,
    *feeds.urlpatterns,
    *reports.urlpatterns,
    *clients.urlpatterns,
]
