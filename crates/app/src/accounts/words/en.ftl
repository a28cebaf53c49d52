accounts-to-plan = The plan behind them
accounts-few = Accounts
accounts-nav = Accounts
accounts-title = Accounts
accounts-one-title = Account
accounts-lede = Only what is live here can be published to, and only this is official.
accounts-new = Ask for an account
accounts-empty = No account yet. An approved plan comes first, then ask for one.
accounts-new-title = Ask for an account
accounts-new-lede = Somebody else approves it. Then the platform itself proves that it is ours.
accounts-platform = Platform
accounts-newsletters = Readers and mailings
accounts-platform-newsletter = E-mail newsletter
accounts-platform-site = Public site
accounts-platform-practice = Practice network
accounts-handle = Name on the platform
accounts-handle-hint = As people see it, such as @health@social.gov.bt.
accounts-url = Address
accounts-url-hint = Its public page. Leave it empty for our own site.
accounts-ask = Ask for it
accounts-back = Back to the accounts
accounts-agency = Agency
accounts-remote = Its fixed id there
accounts-plan = Under the plan
accounts-plan-see = See the plan
accounts-approve = Approve the account
accounts-approve-hint = You approve that the agency speaks here officially.
accounts-connect-title = Connect it
accounts-connect-hint = We ask the platform whose key it is. It must be the account that was approved. The key is kept sealed and never shown again.
accounts-base-url = Server
accounts-base-url-hint = Such as https://social.gov.bt.
accounts-secret = Key
accounts-key-token = An access token made on the platform for this program.
accounts-key-app-password = An app password, made in the platform’s settings. Never the account’s own password.
accounts-key-named-password = Name and application password with a colon between them, such as press:abcd efgh. Never the account’s own password.
accounts-key-bot-token = The token of a bot that may post on the channel.
accounts-connect = Connect
accounts-close = Close the account
accounts-close-hint = Its token is destroyed. The public still sees that it was official, and until when.
accounts-reason = Reason
accounts-story = What happened
accounts-step-request = Asked for
accounts-step-approval = Approved
accounts-step-connection = Connected
accounts-step-closure = Closed
accounts-state-requested = Waiting for approval
accounts-state-approved = Approved, not connected
accounts-state-live = Live
accounts-state-closed = Closed
accounts-error-url = This is not an address of an account. Paste it as the browser shows it, or write @name@server.
accounts-error-no-connector = The program cannot speak to this platform yet.
accounts-error-connection = Give the server's address and the token.
accounts-error-not-opened = The platform does not accept this: { $why }
accounts-error-not-renewed = It cannot be renewed with this: { $why }.
accounts-error-another = The token belongs to another account: { $url }
accounts-refused-not-yours = You do not hold the right for this in this agency.
accounts-refused-no-plan = The agency has no approved social media plan.
accounts-refused-platform = This platform is not on the list of reviewed platforms, or is retired.
accounts-refused-handle = The name on the platform is missing.
accounts-refused-taken = This address is registered already.
accounts-refused-state = This cannot be done with the account as it stands.
accounts-refused-self = You asked for this account. Somebody else approves it.
accounts-refused-reason = Give the reason.
accounts-verify-title = Is this account official?
accounts-verify-lede = Paste the address of an account. We say whether it speaks for the government.
accounts-verify-field = Address of the account
accounts-verify-hint = For example https://social.example/@health, or @health@social.example.
accounts-verify-go = Check
accounts-verify-official = Official
accounts-verify-since = Official since { $date }
accounts-verify-was = Was official, and is no longer
accounts-verify-until = Official until { $date }
accounts-verify-before = Until { $date } it was an account of
accounts-ended-notice = This agency is no more. { $agency } took over: { $url }
accounts-verify-unknown = Not known to us
accounts-verify-unknown-more = No agency has registered this address. If it claims to speak for the government, do not trust it.
accounts-records = Its record
accounts-verify-named = An official account has this handle
accounts-verify-named-more = A handle alone proves nothing, since anybody may take it on another platform. Compare the whole address:
accounts-verify-now = See where this agency speaks now
accounts-platform-hint = Those that may be used come first. The others say why not.
accounts-have = Your agency speaks here already
accounts-have-hint = A narrow subject needs no account of its own: could one of these do?
accounts-outside = For platforms of others
accounts-purpose = Purpose
accounts-purpose-hint = Which goal of the plan it serves.
accounts-scope = What it speaks about, and for whom
accounts-scope-hint = Wide enough to last: not one campaign or one event.
accounts-per-week = Posts a week
accounts-per-week-hint = How many you mean to write, as a number.
accounts-apart = Why no account you have does
accounts-apart-hint = Only where the agency has one on this platform.
accounts-review = Review of the platform
accounts-review-see = See the review
accounts-stage = Stage
accounts-stages = The stages of an account
accounts-stage-planning = Planning
accounts-stage-creation = Creation
accounts-stage-configuration = Setting up
accounts-stage-live = In use
accounts-stage-evaluation = Evaluation
accounts-stage-closed = Closed
accounts-next-planning = Next: the lead reads the request and approves it.
accounts-next-creation = Next: open it on the platform, then prove that it is yours.
accounts-next-configuration = Next: set right what is open below, and confirm each.
accounts-next-live = Nothing is missing. Keep to the rhythm you meant.
accounts-next-evaluation = Next: the yearly evaluation is due.
accounts-next-closed = It stays known as a former official account.
accounts-missing = { $n ->
    [one] One setting is open.
   *[other] { $n } settings are open.
 }
accounts-proven = Proven
accounts-method-platform = by the platform, with its fixed id
accounts-method-link = by a link back to us
accounts-method-code = by the code in its profile
accounts-prove-title = Prove it by its public page
accounts-prove-link = Let the profile link to this page of ours (with rel="me" where the platform can):
accounts-prove-link-go = Look for the link
accounts-prove-code = Or write this code into the profile for as long as it takes:
accounts-prove-code-go = Look for the code
accounts-settings = Settings
accounts-settings-hint = Each is looked at by a person and holds for 90 days.
accounts-setting-holds = Confirmed
accounts-setting-again = Look again
accounts-setting-open = Open
accounts-check-second-step = Everybody who can sign in there uses a second step
accounts-check-recovery = Recovery goes to a role mailbox and a telephone of the agency
accounts-check-roles = Two owners are named, and nobody has rights they do not need
accounts-check-branding = Name, picture and description are those of the agency
accounts-check-monitoring-notice = The profile says that what is written there is read by the government
accounts-check-rules-notice = The profile leads to the rules for comments
accounts-check-privacy-notice = The profile leads to the privacy notice
accounts-check-note = What you saw
accounts-check-go = Confirm
accounts-evaluate = Evaluate it
accounts-evaluate-hint = Measured against the plan and what it was asked for.
accounts-evaluate-by = Next evaluation
accounts-evaluate-go = Keep the evaluation
accounts-figures = Its figures
accounts-decision = Decision
accounts-decision-keep = Keep it
accounts-decision-change = Change it
accounts-decision-merge = Merge it with another
accounts-decision-close = Close it
accounts-results = What it achieved
accounts-results-hint = Numbers and what people said.
accounts-reasons = Reasons
accounts-step-proof = Proven by its public page
accounts-step-evaluation = Evaluated
accounts-archive = Where its records are
accounts-archive-hint = Posts and comments as exported from the platform, and who keeps them.
accounts-notice = What the public is told
accounts-notice-hint = Shown when somebody checks the address.
accounts-parked = Its name is parked
accounts-parked-label = The name on the platform stays in our hands, so that nobody else takes it
accounts-successor = Where people go now
accounts-successor-hint = The address of an official account, if there is one.
accounts-moved = This handle belongs to somebody else now
accounts-moved-more = Noticed { $date }. The public is told that it is official no longer. Ask the platform for it back, or close the account.
accounts-quiet = Nothing was posted for 90 days (noticed { $date }). Post, or close it.
accounts-wait-for-other = You asked for this account. Somebody else approves it.
accounts-wants-moved = its handle belongs to somebody else
accounts-wants-gone = the platform does not know its handle
accounts-wants-checks = settings to confirm
accounts-wants-evaluation = evaluation due
accounts-wants-post = quiet for 90 days
accounts-error-another-id = The token belongs to another account than the one this is bound to ({ $id }).
accounts-error-no-link = The page was read, and there is no link to our page of the agency in it.
accounts-error-no-code = The page was read, and the code is not in it.
accounts-error-page = The page cannot be read: { $why }
accounts-error-long = This is too long.
accounts-error-claims = Say what it claims and does.
accounts-error-is-official = This address is official.
accounts-refused-not-lead = Only the Social Media Lead of the agency, while in office, may do this.
accounts-refused-no-review = The platform has no review in force for your agency: { $state }
accounts-refused-purpose = Say which goal of the plan it serves.
accounts-refused-scope = Say what it speaks about, and for whom.
accounts-refused-cadence = Say how many posts a week you mean to write, from 1 to 200.
accounts-refused-overlap = The agency speaks there already: { $accounts }. Use it, or say why it does not do.
accounts-refused-own = On our own platforms nothing is to be proven or set up.
accounts-refused-method = Say how: by a link or by the code.
accounts-refused-item = There is no such setting.
accounts-refused-decision = Choose: keep, change, merge or close.
accounts-refused-results = Say what it achieved.
accounts-refused-reasons = Give the reasons.
accounts-refused-archive = Say where its records are kept.
accounts-refused-notice = Say what the public is told.
accounts-refused-parked = Keep the name on the platform, so that nobody else takes it, and say so.
accounts-refused-successor = This is not the address of an official account.
accounts-refused-not-oversight = Only whoever oversees the government decides about reports.
accounts-refused-report-decided = Somebody has decided about this report.
accounts-refused-report-decision = Say whether it is an impostor.
accounts-verify-impostor = Reported as an impostor
accounts-verify-impostor-more = This address claims to be the government and is not. Do not trust it, and give it nothing.
accounts-verify-moved = The handle has been taken over by somebody else.
accounts-verify-platforms = Platforms the government uses
accounts-report-title = Report an impostor
accounts-report-this = Report this address as an impostor
accounts-report-lede = An account that claims to be the government and is not. We do not keep who you are; somebody looks at it before anybody else is told.
accounts-report-claims = What does it claim or do?
accounts-report-claims-hint = For example: asks for fees in the name of the ministry.
accounts-report-go = Send the report
accounts-report-done = Thank you. Somebody looks at it.
accounts-reported = Reported
accounts-impostors = Reports of impostors
accounts-impostors-title = Reports of impostors
accounts-impostors-lede = Nothing of a report is shown to the public until you confirm it.
accounts-impostors-open = To decide
accounts-impostors-confirmed = Confirmed, and shown to the public
accounts-impostors-dismissed = Dismissed
accounts-impostors-none-open = Nothing waits.
accounts-impostors-none = None.
accounts-impostors-back = Back to the reports
accounts-impostor-title = Report of an impostor
accounts-impostor-confirmed = It is an impostor: tell the public
accounts-impostor-dismissed = It is not
accounts-impostor-reason-hint = The public reads it when you confirm.
accounts-impostor-go = Decide
accounts-seen-none = The agency has no account on a platform of others.
accounts-seen-all = { $n ->
    [one] So it is with its one account.
   *[other] So it is with all { $n } accounts.
 }
accounts-seen-no-channel = The agency has no account at all.
accounts-seen-no-site = The agency speaks on platforms of others only, and not on our own site.
accounts-seen-unreviewed = { $n ->
    [one] One account is on a platform whose review is not in force.
   *[other] { $n } accounts are on platforms whose review is not in force.
 }
accounts-seen-unproven = { $n ->
    [one] One account was never proven.
   *[other] { $n } accounts were never proven.
 }
accounts-seen-unchecked = { $n ->
    [one] On one account it was not confirmed within 90 days.
   *[other] On { $n } accounts it was not confirmed within 90 days.
 }
accounts-seen-quiet = { $n ->
    [one] One account is quiet, or its handle moved.
   *[other] { $n } accounts are quiet, or their handles moved.
 }
accounts-seen-unevaluated = { $n ->
    [one] One account was not evaluated within the year.
   *[other] { $n } accounts were not evaluated within the year.
 }
accounts-seen-unended = { $n ->
    [one] One account was closed without archive, notice or parked name.
   *[other] { $n } accounts were closed without archive, notice or parked name.
 }
accounts-refused-no-lead = The agency has no Social Media Lead in office. One is appointed first.
accounts-step-handing-over = Went over to the agency that took over
accounts-refresh = What renews it (optional)
accounts-refresh-hint = Where tokens of the platform run out it gives a second one, by which the program renews the first.
accounts-until = Good until (optional)
accounts-until-hint = The day on which the token ends, if it does. You are told 30, 14, 7 and 1 days before.
accounts-key-until = Its token is good until
accounts-error-until = Write a day to come, or leave it empty.
accounts-wants-key = the token ends: connect it anew
accounts-wants-key-now = the token has ended: nothing goes out
accounts-key-ending-subject = { $n ->
    [one] The token of { $account } ends tomorrow
   *[other] The token of { $account } ends in { $n } days
 }
accounts-key-ended-subject = The token of { $account } has ended
accounts-key-ending-mail = The token of { $account } is good until { $date }. Without a new one nothing goes out there any more.
    Connect it anew: { $link }
accounts-podcast = The show and its feed
accounts-platform-podcast = Podcast
accounts-hook-title = Calls from the platform
accounts-hook-hint = The platform can tell us at once when somebody writes. Give it this address and this secret, in its own settings. Comments are still fetched now and then, in case a call is lost.
accounts-hook-made = The secret for its calls
accounts-hook-once = Copy it to the platform now: it is not shown again.
accounts-hook-address = Address
accounts-hook-heard = Last genuine call
accounts-hook-never = It has not called yet.
accounts-hook-refused = Last refused call
accounts-hook-forged = not signed with this secret, or too old
accounts-hook-unreadable = signed rightly, and not readable
accounts-hook-off = Switch off
accounts-hook-on = Let it call
accounts-hook-renew = New secret
accounts-hook-renew-hint = With a new secret the one before is worth nothing at once. The address stays.
accounts-hook-secret = Secret (optional)
accounts-hook-secret-hint = Only where the platform gives you one. Otherwise leave it empty: one is made.
accounts-error-hook-secret = A secret is at most { $limit } characters on one line.
accounts-error-hook-agree = The platform cannot be agreed with: { $why }
accounts-refused-no-calls = This platform does not call.
