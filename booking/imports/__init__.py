"""Clients brought along from another program: a file is read, its columns matched, each row judged, then imported."""
