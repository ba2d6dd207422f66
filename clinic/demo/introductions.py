"""How the people of the demo clinic introduce themselves: a few words on who they are, and how they work.
Markdown."""

MARA_BIO = """\
Mara came to massage from carpentry, where she learned what a day of lifting does to a back. She trained in
Portland at thirty-one and has worked in Fernhollow since.

She likes long visits, short answers and people who speak up. Away from the clinic she restores old chairs,
which she says is the same job with worse pay.
"""
MARA_APPROACH = """\
Mara begins with a question: what would you like to be able to do on Thursday that you could not do on Monday?
Then she watches you reach, turn or bend, and starts where the movement stops.

- **Slow before firm.** She waits until a place lets her in, and asks before she goes deeper.
- **One or two places.** She would rather do a shoulder well than a whole body in passing.
- **A look back.** After three visits she asks what has changed. If nothing has, she says so, and suggests who
  else to try.
"""

JUN_BIO = """\
Jun trained in Portland and Osaka and uses fewer needles than most. He explains as much or as little as you
wish, and sees many people who are afraid of needles. He was one of them.

He speaks English and Japanese, and has a patient dog whom you may meet on the way out.
"""
JUN_APPROACH = """\
The first visit is mostly talk: what brings you, how you sleep, what your doctor has said. Then Jun shows you
a needle, and you decide.

- **Few and fine.** Six to ten needles are usual, as thin as a hair. A first visit can be one needle, or none.
- **You are never stuck.** A bell lies in your hand while you rest. He comes at once, and takes everything out
  if you ask.
- **No promises.** He tells you what trials have found for your trouble, and where they have found nothing.
"""

TOMAS_BIO = """\
Tomás ran the recovery tent of a cycling race for five summers, and has seen most of what a body can do to
itself in four days. He works afternoons, evenings and Saturdays, so that people with a job can come after it.

He speaks English and Spanish, and runs slowly, for pleasure.
"""
TOMAS_APPROACH = """\
Tomás asks when you train next, then plans backwards from that day. Before a race he keeps it light. After it
he waits until the worst soreness has gone.

- **Brisk, with stretching.** You move during the visit, and he feels how a muscle answers.
- **No heroics.** If a pain is sharp, he stops, and a swollen or bruised place is left to rest.
- **Quiet hours as well.** For his relaxation and warm stone visits he turns down the lamp and the talk.
"""

ADAEZE_BIO = """\
Adaeze was a surgical nurse for eight years before she became a massage therapist, and still keeps her nursing
license. She works with a plan, writes to your doctor if you like, and tells you when massage is not the
answer.

She speaks English and Igbo, and checks most of what you read on this site.
"""
ADAEZE_APPROACH = """\
Adaeze measures first: how far a neck turns, how thick an ankle is, how long you can sit. You agree on one
goal and a number of visits, and she measures again at the end.

- **Your doctor is part of it.** Bring the letter or the scan. With your consent she writes back.
- **Light where it must be.** After an operation, in pregnancy or during treatment for cancer she works
  gently, or waits.
- **An end in sight.** If four visits have changed nothing, she says so and stops.
"""

WREN_BIO = """\
Wren looks after people before and after a birth, and anyone who needs an hour without words. Visits can be
held entirely in sign language, from the first question to the last.

Wren came to this work from night shifts in a hotel, and knows what tired looks like.
"""
WREN_APPROACH = """\
Wren sorts everything out before you lie down: pressure, warmth, scent, music or none. After that nobody has
to speak.

- **On your side, well propped.** In pregnancy you lie between pillows, and turn over whenever you like.
- **You stay covered.** One part is uncovered at a time, and nothing that you would rather leave.
- **Signs agreed first.** A raised hand means lighter, a closed one means stop. Both are answered at once.
"""

SAMIR_BIO = """\
Samir holds both licenses and mixes them when it makes sense. He rows, badly and every morning, and knows
shoulders from the inside.

He grew up in Lahore and Lyon and speaks English, Urdu and French, sometimes in the same sentence.
"""
SAMIR_APPROACH = """\
Samir listens for what you have stopped doing: the swim, the violin, the bag on that shoulder. That becomes
the measure, rather than a number for pain.

- **Hands or needles?** He tells you what he would try first and why. You choose, and can change your mind
  halfway.
- **Cups only where they fit.** They leave round marks for some days, so he asks what you are wearing on
  Saturday.
- **One thing to do at home.** A single exercise, because nobody does five.
"""
