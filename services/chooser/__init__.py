"""What might help somebody who answers a few questions? Answers go in, reasoned advice comes out.

Pure: no Django, no database, no clock. `questions` holds what is asked, `rules` what follows from an answer, and
`advice` puts it together; `note` tells the people who treat.
"""

from services.chooser.advice import Advice, Reason, advise
from services.chooser.note import note
from services.chooser.questions import Answers

__all__ = ["Advice", "Answers", "Reason", "advise", "note"]
