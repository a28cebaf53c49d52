people-nav = People
people-role-lead = Social media lead
people-role-author = Author
people-role-approver = Approver
people-role-moderator = Moderator
people-role-records = Records officer
people-role-oversight = Oversight
people-role-administrator = Administrator
people-sign-in-title = Sign in
people-sign-in = Sign in
people-sign-in-wrong = That address, password or code is not right.
people-email = E-mail address
people-password = Password
people-code = One-time code
people-not-staff = Not working for the government?
people-set-up-title = Set your password
people-set-up = Set the password and go in
people-new-password = New password
people-new-password-hint = At least ten characters. A few words you can remember are best.
people-password-short = A password has at least ten characters.
people-password-long = A password has at most 500 characters.
people-password-own = A password is not your own name or address.
people-password-simple = A password has more than three different characters.
people-link-gone = This link was used already, has expired, or is not complete. Ask for a new one.
people-citizen-title = Sign in by e-mail
people-citizen-lede = To comment, give your address: we send you a link. There is no password, and your address is never shown.
people-citizen-send = Send me the link
people-citizen-sent = We have sent a link to { $email }.
people-citizen-sent-more = It is good for one hour. If nothing comes, look among the junk mail, or ask again.
people-citizen-mail-subject = Your link to sign in
people-citizen-mail = Open this link to sign in: { $link }
    It is good for one hour and for one use. If you did not ask for it, do nothing.
people-citizen-enter-title = Almost there
people-citizen-name = The name to show
people-citizen-name-hint = It stands beside your comments. It need not be your full name.
people-citizen-join = Sign in
people-citizen-continue = Continue
people-error-name = A name has 1 to 120 characters.
people-error-email = This is not an e-mail address.
people-error-email-taken = Somebody with this address is there already.
people-error-citizen-name = A name has 2 to 60 characters.
people-error-token-name = A token has a name of 1 to 80 characters.
people-error-code = This code is not right. Check the time of your phone and try the next one.
people-error-old-password = The present password is not right.
people-refused-not-yours = You may give roles only where you manage people.
people-refused-own-role = Nobody gives a role to themselves.
people-refused-scope = Oversight and administrators serve the whole government; other roles one agency.
people-refused-purpose = Say what the role is for.
people-refused-term = The last day lies in the past.
people-refused-has-it = They hold this role already.
people-nav-me = My account
people-role-unknown = A role this version does not know
people-title = People
people-caption = People, in the order they were added
people-search = Name or e-mail address
people-search-go = Search
people-every-agency = Every agency
people-none = Nobody fits.
people-more = More people
people-name = Name
people-agency = Agency
people-state = State
people-state-invited = has not set a password yet
people-state-active = active
people-state-suspended = suspended
people-whole-government = The whole government
people-add = Add a person
people-new-title = Add a person
people-new-lede = They get a link by which they set their own password. Roles are given afterwards.
people-email-hint = Their own address at work. They sign in with it.
people-agency-hint = Where they work. Whoever manages the people of this agency manages them.
people-back = Back to all people
people-roles = Roles
people-role = Role
people-roles-none = You hold no role. Whoever manages the people of your agency can give you one.
people-roles-none-yet = No role yet. Give one below.
people-role-over = over
people-role-end = End
people-role-end-name = End the role { $role }
people-purpose = Purpose
people-purpose-hint = What the role is for, for example "the dengue campaign".
people-since = Since
people-last-day = Last day
people-last-day-hint = Leave it empty for a role without an end.
people-no-end = no end
people-grant = Give a role
people-own-hint = This is your own account. Somebody else gives you roles; the rest is under
people-link-made = The link to set a password
people-link-once = It is shown this once. Pass it on by a way you trust; it is good for three days and for one use.
people-link-new = Give a new set-up link
people-link-hint = For somebody who forgot the password or let the first link run out. Earlier links end at once.
people-suspend = Suspend
people-suspend-hint = They cannot sign in any more. Their sessions end at once, their access tokens and links for good.
people-let-in = Let in again
people-let-in-hint = They can sign in again with their password, in the roles they still hold.
people-me-title = My account
people-me-hint = If your name, address or agency is not right, tell whoever manages the people of your agency.
people-change-password = Change the password
people-old-password = Present password
people-password-ends-sessions = Everywhere else you are signed out.
people-codes = One-time codes
people-codes-on = on
people-codes-off = off
people-codes-lede = A code from an app on your phone, asked for beside the password, keeps out whoever learned your password.
people-codes-set-up = Set up one-time codes
people-codes-turn-on = Turn on
people-codes-turn-off = Turn one-time codes off
people-codes-off-hint = Your password, to show that it is you.
people-codes-title = Set up one-time codes
people-codes-secret = The secret for your app
people-codes-secret-hint = Type it into an authenticator app as a time-based key. It is good for half an hour; then ask for a new one.
people-codes-link = On the phone itself this link opens the app:
people-codes-code-hint = The six digits the app shows now.
people-back-me = Back to my account
people-tokens = Access tokens
people-tokens-lede = A token lets a script of yours do over the API what you may do yourself. Keep it like a password.
people-token-name = Name of the token
people-token-name-hint = What uses it, so that you know later what to revoke.
people-token-term = Good for
people-token-until = Good until
people-token-make = Make a token
people-token-made = Your new token
people-token-once = It is shown this once. Copy it now.
people-token-live = good
people-token-revoked = revoked
people-token-expired = run out
people-token-revoke = Revoke
people-token-revoke-name = Revoke the token { $name }
people-days = { $n ->
    [one] one day
   *[other] { $n } days
 }
people-sessions = Where you are signed in
people-sessions-lede = End what you do not know, then change your password.
people-session-since = Signed in
people-session-seen = Last used
people-session-how = With
people-session-here = this one
people-session-code = password and second factor
people-session-passkey = passkey
people-session-link = link by mail
people-session-password = password
people-session-end = End
people-session-end-since = End the session of { $since }
people-sessions-end-others = End all others
people-error-agency = Choose an agency of the list.
people-error-role = Choose a role of the list.
people-error-date = A day is written as year-month-day, for example 2027-03-31.
people-error-token-days = Choose a term of the list.
people-error-secret-gone = The secret waited too long. Here is a new one: take it into your app.
people-error-codes-on = One-time codes are on already. Turn them off first.
people-error-suspended = They are suspended. Let them in again first.
people-refused-own-administrator = Nobody ends their own role of administrator; another administrator does.
people-refused-own-account = Nobody does this to their own account.
people-refused-beyond = They are also { $role } beyond what you manage. Ask an administrator.
people-first-title = The first administrator
people-first-lede = Nobody can sign in to this installation yet. You become its first administrator and add everybody else.
people-first-email-hint = You sign in with it.
people-first-purpose = First administrator, by the link of the first start
people-lede = Who works with this system in the agencies you manage, and in which roles.
people-role-hint = Some roles must be apart in one person: who writes does not approve, who moderates does not decide appeals.
people-refused-toxic = One person may not hold this role and be { $other }: { $why }
people-apart-writes-approves = who writes does not approve.
people-apart-appeals = who moderates does not decide the appeal against it.
people-apart-snapshots = who hides a comment does not look after the copy that proves it.
people-apart-oversees-itself = who oversees does not do the work that is overseen.
people-apart-machine = who runs the machine and gives access does not publish.
people-apart-traces = who runs the machine does not look after the record of it.
people-refused-purpose-long = A purpose has at most 500 characters.
people-refused-order = The last day lies before the first.
people-refused-not-decider = The lead of the agency decides about its roles; about leads, oversight and administrators only those who serve the whole government.
people-refused-self-approval = You asked for this role yourself. Somebody else decides.
people-refused-decided = This was decided meanwhile.
people-error-employment = Choose a kind of employment of the list.
people-error-job-title = A position has at most 120 characters.
people-error-refusal-reason = Say why, in at most 500 characters.
people-error-no-move = They work there already, or cannot be moved while they are suspended or gone.
people-error-left = They have left already.
people-employment = Employment
people-employment-hint = Staff are all who work for an agency; civil servants are registered with the civil service commission.
people-employment-unknown = not said
people-employment-civil-servant = civil servant
people-employment-contract = on contract
people-employment-elected = elected
people-employment-other = other
people-job-title = Position
people-details = Employment and position
people-save = Save
people-state-left = has left
people-role-waits = waits for approval
people-role-later = begins later
people-role-approved = approved
people-role-refused = refused
people-role-lapsed = not decided in time
people-role-withdrawn = taken back
people-grant-hint = It takes effect when somebody else who may has approved it: the lead for the agency's roles, oversight or an administrator for leads.
people-first-day = First day
people-first-day-hint = Leave it empty to begin with the approval.
people-at-once = with the approval
people-ask = Ask for a role
people-ask-hint = In your own agency. Its lead, or for the role of lead those who serve the whole government, decides.
people-asked-by = Asked by
people-decided = Decided
people-roles-waiting = Roles to decide
people-roles-waiting-lede = Somebody asked for these roles. None has any effect before you approve it.
people-roles-waiting-none = Nothing waits for you.
people-role-request = A role that was asked for
people-role-approve = Approve
people-role-approve-hint = You say with it that this person needs the role for this purpose and this long. Your name stands in the record.
people-role-refuse = Refuse
people-refusal-reason = Reason
people-refusal-hint = Whoever asked reads it.
people-role-own-request = You asked for this role, or it is for you: somebody else decides.
people-invite = Invite by mail
people-invite-hint = They get a link by mail to set their password, good for seven days. Earlier links end at once.
people-invitation-subject = Your access to Drelwa
people-invitation-mail = { $name }, you have been added to the system in which your agency does its social media work. Open this link to set your password: { $link }
    It is good for seven days and for one use. If you do not expect this, do nothing.
people-move = Move to another agency
people-move-hint = Their roles in the former agency end with it; new ones are asked for there.
people-leave = Has left the service
people-leave-hint = Every role ends for good, with all sessions, access tokens and links. What they did stays in the record under their name.
people-import-title = Joiners, movers and leavers
people-import-lede = Bring in the table of your personnel office. All of it is checked first: with one fault in it nothing is done.
people-import-columns = The first line names the columns; at most { $n } lines follow. The action is join, move or leave; the agency is its code.
people-import-file = The table (CSV)
people-import-file-hint = UTF-8 or the "Unicode text" of table programs; commas, semicolons or tabs between the cells.
people-import-check = Check only
people-import-go = Check and carry out
people-import-done = Carried out
people-import-would = No fault. This would happen
people-import-joined = { $n ->
    [one] one person joins
   *[other] { $n } people join
 }
people-import-moved = { $n ->
    [one] one person moves
   *[other] { $n } people move
 }
people-import-left = { $n ->
    [one] one person leaves
   *[other] { $n } people leave
 }
people-import-unchanged = { $n ->
    [one] one line changes nothing
   *[other] { $n } lines change nothing
 }
people-import-faults = Nothing was done. Put these lines right
people-import-line = Line
people-import-what = What is wrong
people-import-more = { $n ->
    [one] One more fault is not shown.
   *[other] { $n } more faults are not shown.
 }
people-import-no-file = Choose a file.
people-import-empty = There is no line to read in this file.
people-import-unreadable = This file is no text that can be read. Save the table as CSV in UTF-8.
people-import-many = A table has at most { $most } lines. Divide it.
people-import-column = "{ $column }" is not a column, or stands twice. The columns are { $known }.
people-import-missing = The column { $column } is missing.
people-import-encoding = The cell under { $column } is not UTF-8. Save the table as CSV in UTF-8.
people-import-cells = It has { $n } cells where the head has { $known }.
people-import-action = "{ $given }" is not join, move or leave.
people-import-email = "{ $given }" is not an e-mail address.
people-import-twice = This address stands in line { $line } already.
people-import-no-agency = A move names the agency they move to.
people-import-employment = "{ $given }" is not a kind of employment: civil-servant, contract, elected or other.
people-import-unknown = "{ $given }" is not the code of an agency that exists now.
people-import-not-yours = You do not manage the people of this agency.
people-import-elsewhere = They work for another agency: this is a move.
people-import-nobody = Nobody with the address { $given } is in the register.
people-export = Take all away as a table (CSV)
people-judged-gone = { $n ->
    [one] One role is held by somebody who has left.
   *[other] { $n } roles are held by people who have left.
 }
people-judged-nobody = Nobody of this agency is in the register.
people-judged-unclassed = { $n ->
    [one] Of one person nobody has said how they are employed.
   *[other] Of { $n } people nobody has said how they are employed.
 }
people-judged-staff = { $n ->
    [one] One person is in the register, with their employment.
   *[other] { $n } people are in the register, with their employment.
 }
people-judged-late = { $n ->
    [one] One role is past its last day and has not ended.
   *[other] { $n } roles are past their last day and have not ended.
 }
people-judged-no-roles = Nobody holds a role in this agency.
people-judged-grants = { $n ->
    [one] One role is in effect, with a purpose and an approver.
   *[other] { $n } roles are in effect, each with a purpose and an approver.
 }
people-judged-together = { $n ->
    [one] One person holds two roles that must be apart.
   *[other] Roles that must be apart meet { $n } times in one person.
 }
people-judged-missing = { $n ->
    [one] One role is not filled: { $role }.
   *[other] { $n } roles are not filled, the first of them { $role }.
 }
people-judged-filled = Every role is filled, and none meets another it must be apart from.
people-nav-team = Team
people-team-title = Team
people-team-lede = Who leads, who holds which role, who is trained, and who stands in for whom.
people-team-show = Show
people-team-choose = Choose an agency.
people-team-caption = The people of this agency, those with roles first
people-team-nobody = Nobody of this agency is in the register.
people-team-no-role = no role
people-team-enough = two or more trained people
people-team-few = fewer than two trained people
people-team-rule = Roles hold for every account of the agency. Two trained people with a role are two for each account.
people-vacant = There is no lead.
people-vacant-since = There has been no lead since { $when }.
people-vacancy-subject = No social media lead: { $agency }
people-vacancy-mail = { $agency } has no social media lead any more. Somebody has to be appointed: { $link }
people-order = Order
people-order-hint = The number of the order that appoints them.
people-no-order = No order is recorded.
people-grade = Grade
people-grade-hint = The grade they have in the service, for example P2.
people-term = Term
people-deputy = Deputy
people-deputy-hint = Stands in for the lead, and holds the same role.
people-no-deputy = nobody
people-appoint = Appoint a lead
people-appoint-hint = By an order, for a term. Lead and deputy are asked for their role with it, if they do not hold it; it takes effect when oversight or an administrator has approved it.
people-purpose-lead = Lead by order { $order }
people-purpose-deputy = Deputy of the lead by order { $order }
people-trained-on = Trained
people-untrained = not yet
people-train = Record a training
people-training = Training
people-training-hint = What it was, for example "Writing for the public".
people-training-day = Day
people-backup = Stood in for by
people-set-backup = Say who stands in
people-error-order = An order has a number of 1 to 120 characters.
people-error-grade = A grade has 1 to 60 characters.
people-error-appointment-term = The last day of the term lies after the first, and not in the past.
people-error-deputy = A deputy is somebody else.
people-error-not-of-agency = Choose somebody who works for this agency.
people-error-training = A training has a name of 1 to 120 characters.
people-error-training-day = A training is recorded when it has been held.
people-error-own-backup = Nobody stands in for themselves.
people-refused-own-appointment = Nobody appoints themselves.
people-judged-lead = { $name } leads by an order, and somebody stands in.
people-judged-no-deputy = { $name } leads by an order; nobody stands in.
people-judged-no-order = { $name } leads; no order is recorded.
people-judged-vacant = { $n ->
    [one] There has been no lead for one day.
   *[other] There has been no lead for { $n } days.
 }
people-judged-no-lead = There is no lead.
people-judged-untrained = Nobody with a role is trained.
people-judged-trained = { $n } trained people hold roles, and with it look after every account.
people-judged-one-trained = Only one trained person holds a role.
people-code-hint = Six digits from your authenticator app, or a recovery code. Leave it empty if you have not set one up.
people-codes-drop-hint = For somebody who lost the phone and has no recovery code left. Make sure that it is they who ask. Somebody else, who serves the whole government, decides.
people-codes-reset = Ask to reset the second factor
people-recovery-hint = How you made sure that it is they.
people-recovery-title = Access to give back
people-recovery-lede = Somebody lost their second factor. When you grant it, their one-time codes and passkeys are gone, every session of theirs ends, and a mail tells them.
people-recovery-decide = Decide
people-recovery-grant = Reset the second factor
people-recovery-subject = Your second factor was reset
people-recovery-mail = { $name }, two people reset the one-time codes and passkeys of your account, because it was said that you lost them. Sign in and set up new ones. If you did not ask for this, tell your lead at once.
people-recovery-codes = Recovery codes
people-recovery-codes-lede = For the day your phone is lost: each opens the door once, beside the password, in place of a one-time code or a passkey. Keep them on paper.
people-recovery-left = { $n ->
    [0] none left
    [one] one left
   *[other] { $n } left
 }
people-recovery-make = Make ten new ones
people-recovery-made = Your new recovery codes
people-recovery-once = They are shown this once. Earlier ones no longer work.
people-error-codes-first = Set up one-time codes or a passkey first.
people-error-recovery-reason = Say how you made sure that it is they, in at most 500 characters.
people-confirm-hint = Your password, to show that it is still you: it was last asked for a while ago.
people-resting = Your roles rest
people-refused-resting = A role of yours wants a second factor. Set up one-time codes or a passkey, or sign in with one, and it works again.
people-access-waiting = Reviews and lost access
people-review-title = Review of access
people-review-lede = Confirm each right that is still needed, end what is not. What nobody confirms by then ends by itself.
people-review-nation = Leads, oversight and administrators
people-review-due = until { $when }
people-review-caption = Rights to confirm
people-review-answer = Still needed?
people-review-keep = needed
people-review-drop = end it
people-review-kept = confirmed
people-review-own = Somebody else answers about you.
people-review-send = Send the answers
people-review-empty = Nothing is left to confirm.
people-review-closed = This review is over.
people-review-subject = Review of access: { $agency }
people-review-mail = Every quarter each right is confirmed or ends. Please answer for { $agency } until { $due }: { $link }
people-review-reminder = The review of access for { $agency } ends on { $due }. Rights nobody has confirmed by then end by themselves: { $link }
people-nav-conduct = Conduct
people-conduct-title = Code of conduct
people-conduct-edition = Edition { $edition }
people-conduct-done = acknowledged
people-conduct-rules = The rules
people-conduct-hours = In office hours
people-conduct-hours-text = Social media for private use is not for office hours. Those you work for see to it.
people-conduct-unwatched = This system does not see what you do on accounts of your own and never tracks it.
people-conduct-transparency = What is collected, and what not
people-conduct-acknowledge = I have read the rules and keep to them
people-conduct-changed = The rules changed while you were reading. Here they are as they are now.
people-declare-title = Work through an account of your own
people-declare-lede = You may say that you use an account of your own for work, so that nobody is surprised. It is voluntary. Only the platform and what for are kept; give no name, address or password of the account.
people-declare-platform = Platform
people-declare-purpose = What for
people-declare-purpose-hint = For example "answering questions of farmers about seeds".
people-declare = Declare
people-declare-withdraw = Take back
people-declare-withdraw-name = Take back the declaration for { $what }
people-error-platform = Choose a platform of the list.
people-error-declared-purpose = Say what for, in at most 300 characters.
people-error-declared-address = Leave out names and addresses of the account: they are not wanted here.
people-referrals = Referrals you have a part in
people-refer = Refer a matter of conduct
people-refer-lede = They are told at once and in full, and are heard before anybody decides. Only you, they and whoever decides can see it.
people-refer-rule = Rule
people-refer-what = What happened
people-refer-what-hint = What, when, where it can be seen. Only what was done in public or for the office.
people-refer-decider = Who decides
people-refer-decider-hint = Neither you nor they.
people-referred-by = Referred by
people-referral-title = A matter of conduct
people-referral-lede = Only the one it is about, the one who referred it and the one who decides can see this page.
people-referral-waits = waits for their word
people-referral-heard = heard
people-referral-founded = founded
people-referral-unfounded = not founded
people-reply = Their answer
people-reply-hint = You are heard before anybody decides. It is sent once.
people-reply-send = Send my answer
people-heard-until = Time to answer until
people-founded = Founded
people-unfounded = Not founded
people-outcome-hint = Why. They read it. What follows is a matter of the rules of the service, not of this system.
people-error-rule = Choose a rule of the list.
people-error-what = Say what happened, in at most 4,000 characters.
people-error-decider = Choose somebody else who may decide.
people-error-reply = An answer has 1 to 4,000 characters.
people-refused-not-heard = They have not been heard yet: they have fourteen days to answer.
people-refused-outcome = Say why, in at most 2,000 characters.
people-referral-subject = A matter of conduct about you
people-referral-mail = { $name }, a matter of your conduct on social media was referred. Read what is said and answer until { $until }; nobody decides before: { $link }
people-referral-decided-mail = { $name }, it was decided about the matter of your conduct. Read how and why: { $link }
people-judged-acknowledged = { $n ->
    [one] The one person of the agency has acknowledged the code in force.
   *[other] All { $n } people have acknowledged the code in force.
 }
people-judged-acknowledging = { $n } of { $all } people have acknowledged the code in force.
people-judged-law = Everybody has acknowledged the code in force, and two people are trained.
people-judged-law-partly = The code is not acknowledged by everybody, or fewer than two people are trained.
people-judged-law-not = Nobody has acknowledged the code, and nobody is trained.
people-judged-contributors = { $n ->
    [one] One person contributes.
   *[other] { $n } people contribute.
 }
people-judged-no-contributors = Nobody contributes yet.
people-confirm-title = Show that it is you
people-confirm-lede = What you are about to do matters much, and you last showed a while ago that it is you.
people-confirm-with = Your password, or a one-time code
people-confirm-otherwise = Use a passkey instead
people-confirm-by-passkey = Use a passkey
people-confirm-go = Go on
people-refused-weak-session = You have a second factor and did not use it in this session. Show it first, or sign in with it.
people-refused-last-means = This is your last second factor, and a role of yours wants one. Add another first.
people-passkey = Passkey
people-passkeys = Passkeys
people-passkeys-lede = A passkey lies in your phone, your computer or a security key, and opens with your finger, your face or a PIN. It works on this site alone, so no false page can get it from you, and it counts as a second factor.
people-passkeys-see = Add or remove passkeys
people-passkeys-have = Your passkeys
people-passkeys-none = You have no passkey yet. Add one below; a second one on another device is good to have.
people-passkey-name = Name
people-passkey-name-hint = By which you know it again, such as “work laptop”.
people-passkey-which = Which one
people-passkey-unused = not yet
people-passkey-is-blocked = blocked
people-passkey-add = Add a passkey
people-passkey-add-hint = Your browser asks where to keep it.
people-passkey-remove = Remove a passkey
people-passkey-remove-hint = It opens nothing from then on, and everywhere else you are signed out. Delete it on the device too.
people-passkey-sign-in = Sign in with a passkey
people-passkey-sign-in-hint = If you added one to your account: no password is needed. If your address stands above, passkeys of that account are asked for.
people-passkey-scripts = Passkeys need a browser that runs scripts and knows passkeys. One-time codes work in every browser.
people-passkey-scripts-sign-in = Passkeys need a browser that runs scripts and knows passkeys. Sign in with your password and a one-time code instead.
people-passkey-no-name = Passkeys are bound to the name of a site, and this one is reached by a number. Ask whoever runs it to set its public address. One-time codes work.
people-codes-or-passkey = Or add a passkey instead
people-passkey-late = That took too long, or was sent twice. Try again.
people-passkey-failed = The passkey was not accepted. Try again, or sign in another way.
people-passkey-cancelled = No passkey was used. Try again when your device asks for it, or sign in another way.
people-passkey-address = Your browser does not use passkeys at this address. Open the site at its public address.
people-passkey-unknown = This passkey opens no account here. It may have been removed; sign in another way and add it anew.
people-passkey-other = This passkey belongs to somebody else’s account. Choose one of the account whose address you gave, or leave the address empty.
people-passkey-blocked = This passkey looks as if it had been copied, so it was blocked. Sign in another way, remove it and add a new one.
people-passkey-none-yet = You have no passkey that could be used.
people-passkey-not-made = No passkey was added. Try again.
people-passkey-have-it = This device holds a passkey of your account already.
people-passkey-taken = This passkey was added already.
people-error-passkey-name = Give it a name of at most 80 characters.
people-error-passkeys-many = You have twenty passkeys. Remove one first.
people-passkey-added-subject = A passkey was added to your account
people-passkey-added-mail = { $name }, the passkey “{ $passkey }” was added to your account: { $link } If it was not you, remove it, change your password and tell your lead at once.
people-passkey-removed-subject = A passkey was removed from your account
people-passkey-removed-mail = { $name }, the passkey “{ $passkey }” was removed from your account: { $link } If it was not you, change your password and tell your lead at once.
people-passkey-blocked-subject = A passkey of yours was blocked
people-passkey-blocked-mail = { $name }, the passkey “{ $passkey }” was used in a way that only a copy of it explains. It opens nothing any more. Remove it and add a new one: { $link } Tell your lead.
