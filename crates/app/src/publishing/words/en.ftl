publishing-title = Where it went
publishing-back = Back to the post
publishing-empty = Nothing goes out before it is approved.
publishing-state-waiting = waiting
publishing-state-sending = being sent
publishing-state-checking = being checked
publishing-state-working = taken, not out yet
publishing-state-sent = out
publishing-state-failed = failed
publishing-state-unconfirmed = unconfirmed
publishing-state-cancelled = cancelled
publishing-state-taken-down = taken down
publishing-late = late
publishing-urgent = urgent
publishing-due = Due
publishing-sent-at = Went out
publishing-version = Version out
publishing-address = Address
publishing-outdated = A correction is on its way.
publishing-next = next try { $when }
publishing-working = The platform has taken it and is still working on it or looking at it.
publishing-next-look = Asked again { $when }.
publishing-ask = Nobody can tell whether this is out.
publishing-ask-hint = The platform gave no answer and cannot be asked. Please look at the account, then say what you saw.
publishing-address-there = Its address (if you have it)
publishing-there = It is there
publishing-not-there = It is not there: send it
publishing-retry = Try again
publishing-attempts = { $n ->
    [one] 1 call
   *[other] { $n } calls
 }
publishing-kind-send = Send
publishing-kind-edit = Correct
publishing-kind-take-down = Take down
publishing-outcome-accepted = done
publishing-outcome-not-sent = did not leave
publishing-outcome-refused = refused
publishing-outcome-not-there = did not arrive
publishing-outcome-working = taken, not out yet
publishing-outcome-unknown = no answer
publishing-outcome-open = under way
publishing-problem-unauthorised = The platform no longer accepts the key of this account. Connect the account again.
publishing-problem-limit = It would cost more than this account may spend this month. The limit can be changed under Cost of posts.
publishing-problem-account-closed = The account is closed.
publishing-problem-no-connector = The program cannot speak to this platform.
publishing-problem-no-remote-id = The program does not know the post's number on the platform. Please do it there by hand.
publishing-problem-gave-up = It could not leave for a day.
publishing-problem-edit = This platform cannot correct a post. The public page shows the correction.
publishing-problem-take-down = This platform lets nobody but its own app remove a post. Please do it there by hand.
publishing-problem-refused = The platform refused:
publishing-refused-not-unconfirmed = There is nothing to confirm: the outcome is known.
publishing-refused-nothing-failed = There is nothing to try again.
publishing-error-url = Please give the whole address, beginning with https://.
publishing-error-fault = This fault is not known. Known are rate-limit, error-after-commit, drop-after, drop-before, revoked-token, slow, outage, review, review-refused and none.
publishing-back-inbox = Back to the inbox
publishing-access-none = Nothing of the agency that went out in the last ninety days is out.
publishing-access-all = { $all ->
    [one] The post of the last ninety days is there in both languages, with each picture described in both.
   *[other] All { $all } posts of the last ninety days are there in both languages, with each picture described in both.
 }
publishing-access-lacking = { $n } of { $all } posts of the last ninety days lack a language or the description of a picture.
publishing-outside-title = Posted beside the program
publishing-outside-one-title = A post from outside
publishing-outside-lede = What stands on your accounts and was not posted through this program. Each is explained, or taken over as the agency's own, within one day.
publishing-outside-tabs = Posts from outside by what was decided
publishing-outside-tab-open = To explain
publishing-outside-tab-explained = Explained
publishing-outside-tab-adopted = Taken over
publishing-outside-open = waits for a word
publishing-outside-explained = explained
publishing-outside-adopted = taken over
publishing-outside-empty-open = Nothing waits: every post on the accounts that can be read is known.
publishing-outside-empty = Nothing here yet.
publishing-outside-unwatched = No account of your agency is on a platform that lists its posts. The lead says once a year that nothing is posted beside the program.
publishing-outside-failing = { $account } cannot be read at the moment:
publishing-outside-newer = Later ones
publishing-outside-back = All posts from outside
publishing-outside-no-words = It has no words.
publishing-outside-posted = Posted
publishing-outside-seen = Found
publishing-outside-reason = Reason
publishing-outside-reason-hint = How it came to be there: who posted it, by what means and why not through this program.
publishing-outside-decide = Your word on it
publishing-outside-decide-hint = Explain it if it stays an exception. Take it over if it is what the agency says: it is then a record of the agency, with your name and your reason.
publishing-outside-explain = Explain it
publishing-outside-adopt = Take it over
publishing-outside-others-decide = Whoever approves posts of the agency decides about it.
publishing-outside-late = { $n ->
    [one] A post from outside waits for a word, for more than a day.
   *[other] { $n } posts from outside wait for a word, the oldest for more than a day.
 }
publishing-outside-waiting = { $n ->
    [one] A post from outside waits for a word, for less than a day.
   *[other] { $n } posts from outside wait for a word, for less than a day.
 }
publishing-outside-blind = An account could not be read for two days.
publishing-outside-none = { $accounts ->
    [one] The account that can be read is read every hour, and no post from outside waits for a word.
   *[other] The { $accounts } accounts that can be read are read every hour, and no post from outside waits for a word.
 }
publishing-outside-unlisted = The agency has no account whose posts can be listed and were looked at.
publishing-refused-outside-decided = It was decided already.
publishing-refused-outside-reason = Say why.
publishing-refused-outside-long = The reason may have { $limit } characters; this has { $found }.
publishing-state-by-hand = for a person to put up
publishing-problem-by-hand = It could not be done by hand:
publishing-outcome-recalled = taken back
publishing-by-hand-title = To put up by hand
publishing-by-hand-one = A task by hand
publishing-by-hand-lede = What the program cannot do on an account, you do there yourself: put up the approved words, replace them, take them down. Then say what you did.
publishing-by-hand-empty = Nothing is to be put up by hand.
publishing-by-hand-back = All tasks by hand
publishing-by-hand-asked = The program cannot do this on the account: a person does it there.
publishing-by-hand-go = See the task
publishing-by-hand-send = Put up
publishing-by-hand-edit = Replace by the correction
publishing-by-hand-take-down = Take down
publishing-by-hand-open = to do
publishing-by-hand-done = done
publishing-by-hand-refused = could not be done
publishing-by-hand-recalled = taken back
publishing-by-hand-step-copy = Copy the words below as they are. Nothing else was approved.
publishing-by-hand-step-put = Put them on the account, with the pictures and their descriptions.
publishing-by-hand-step-replace = Put them in the place of the earlier words.
publishing-by-hand-step-remove = Remove the post from the account.
publishing-by-hand-step-say = Come back and say what you did.
publishing-by-hand-words = The approved words
publishing-by-hand-pictures = Pictures
publishing-by-hand-picture = Picture { $n }
publishing-by-hand-say = What you did
publishing-by-hand-url = Its address
publishing-by-hand-url-hint = Where anybody can see it. Leave it empty where there is none.
publishing-by-hand-note = Note
publishing-by-hand-note-hint = Where it hangs, when it was read out, or why it cannot be done.
publishing-by-hand-picture-of = A picture of it
publishing-by-hand-picture-hint = A photograph or a screenshot, if there is no address. PNG, JPEG or WebP.
publishing-by-hand-proof = How it stood there
publishing-by-hand-is-done = It is done
publishing-by-hand-cannot = It cannot be done
publishing-by-hand-others = This is for those who write or approve posts of this agency.
publishing-refused-by-hand-decided = There is nothing to do here any more: it was done, refused or taken back.
publishing-error-by-hand-nothing = Please give its address, a picture, or a note that tells where it can be found.
publishing-error-by-hand-why = Please say why it cannot be done.
publishing-error-by-hand-long = The note has { $found } characters; at most { $limit } are kept.
publishing-state-frozen = stopped
publishing-problem-frozen = Everything outgoing is stopped. It goes on when the stop is lifted.
publishing-freeze-nav = Stop everything
publishing-freeze-title = Stop everything
publishing-freeze-lede = Nothing leaves while a stop holds: no post, no correction, no answer. Removals still go through.
publishing-freeze-none = Nothing is stopped.
publishing-freeze-on = stopped
publishing-freeze-off = Lifted
publishing-freeze-since = Since
publishing-freeze-parked = Waiting behind it
publishing-freeze-on-their-way = Calls that had begun and have no answer yet
publishing-freeze-new = Stop at once
publishing-freeze-what = What is due waits. When the stop is lifted it goes on by itself; what is more than a day late by then waits for a person.
publishing-freeze-whose = Whose
publishing-freeze-government = The whole government
publishing-freeze-reason = Why
publishing-freeze-hint = Everybody who works there reads this.
publishing-freeze = Stop everything
publishing-freeze-past = Stops that were lifted
publishing-thaw = Lift the stop
publishing-thaw-reason = Why it may go on
publishing-thaw-hint = What was found, and what was done about it.
publishing-refused-freeze-reason = Please say why.
publishing-refused-frozen = This is stopped already.
publishing-refused-thawed = This stop was lifted already.
publishing-late-subject = { $n ->
    [one] Something is late
   *[other] { $n } things are late
 }
publishing-late-mail = { $n ->
    [one] Something that should have gone out on { $account } has not. { $why }
   *[other] { $n } things that should have gone out have not, the first of them on { $account }. { $why }
 } See what it is, and what can be done: { $link }
publishing-away-title = Platforms that do not answer
publishing-away-lede = What is due on them waits and goes on by itself. If people must be told now, write on another account.
publishing-away-none = Every platform answers.
publishing-away-tag = does not answer
publishing-away-from = Since
publishing-away-next = Next try
publishing-away-why = Last error
publishing-away-there = There:
publishing-away-others = People can also be reached here:
publishing-away-alone = The agency has no other account that is written to by the program.
publishing-away-write = Write a post
publishing-away-since = The platform has not answered since { $when }.
publishing-away-asked = The platform asked to wait.
publishing-by-hand-steps = Step by step
publishing-spending-title = Cost of posts
publishing-spending-lede = Some platforms bill each post. State what one costs and the most an account may spend in a month: what would go over it does not leave, and you are told.
publishing-spending-none = None of your agencies' accounts is written to by the program yet.
publishing-spending-billed = billed by the post
publishing-spending-month = This month
publishing-spending-posts = { $n ->
    [one] 1 post
   *[other] { $n } posts
 }
publishing-spending-most = Most in a month
publishing-spending-open = Nothing ends what this account may spend.
publishing-spending-free = No limit. This platform is not known to bill posts.
publishing-spending-change = Change the limit
publishing-spending-nav = Cost of posts
publishing-spending-price = Price of one post, of the dearest kind
publishing-spending-currency = Currency, three letters
publishing-spending-set = Set the limit
publishing-spending-lift = Remove the limit
publishing-error-amount = An amount is digits, a point and four digits behind it at most, from 0.0001 to 1000000.
publishing-error-currency = A currency is three letters, for instance USD.
publishing-by-hand-recording = Film or sound recording
publishing-by-hand-file = Download the file
publishing-by-hand-said-en = What is said in it, in English
publishing-by-hand-said-dz = What is said in it, in Dzongkha
publishing-part-n = part { $n }
publishing-part-waits = It answers the part before it, and waits until that one is out.
publishing-part-waits-unconfirmed = It answers the part before it, and waits until a person has said whether that one is there.
publishing-part-waits-failed = It answers the part before it, which did not go out.
publishing-by-hand-step-answer = Put them on the account as an answer to the part before them.
