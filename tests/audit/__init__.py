"""Every kind of page, judged from outside: axe, Lighthouse and the Nu HTML checker, and pictures to look at.

`make audit` prints one table and fails when a figure is missed; `make screens` fills `.screens/`. Both start the
demo clinic on a database of their own. Lighthouse and the checker come from npm into `.audit/`; the site needs neither.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
