shell-site-name = Government of Bhutan: official posts
shell-skip = Skip to the content
shell-nav-label = Main
shell-nav-more = More
shell-lang-other = རྫོང་ཁ
shell-sign-out = Sign out
shell-title-error = Error:
shell-errors-title = Please look at this
shell-pages = Pages
shell-older = Older
shell-public-agencies = Agencies
shell-public-verify = Check an account
shell-public-search = Search
shell-public-desk = My desk
shell-public-policy = The policy
shell-public-log = Public record
shell-public-feed = Feed
shell-public-staff = For staff
shell-public-about = About this site
shell-public-rules = Rules for comments
shell-public-privacy = This site runs no scripts and follows nobody. Cookies only remember the language you chose and, once you sign in, that it is you.
shell-nav-health = Health
shell-health-title = Health of the system
shell-health-version = Version { $version }
shell-health-queued = Jobs waiting
shell-health-running = Jobs running
shell-health-failed = Jobs given up
shell-health-late = Oldest is late by
shell-health-sweeps = Regular work
shell-health-name = Name
shell-health-last = Last done
shell-health-error = Last error
shell-health-never = not yet
shell-health-failed-jobs = Jobs that were given up
shell-health-none-failed = None. Everything that was queued was done.
shell-health-retry = Try again
shell-error-title-not-found = Not found
shell-error-title-not-allowed = This is not open to you
shell-error-title-refused = That cannot be done
shell-error-title-fault = Something is wrong on our side
shell-error-to-desk = Go to your desk
shell-error-home = Go to the front page
shell-error-request = Reference for support: { $id }
error-not-found = There is nothing here. The address may be wrong, or what it showed is gone.
error-not-allowed = You do not hold the right for this.
error-sign-in = Please sign in.
error-refused = The rules do not allow this:
error-invalid = Some of what was entered cannot be used:
error-malformed = The request cannot be read.
error-too-many = Too many tries. Please wait { $seconds } seconds.
error-too-large = What was sent is too large.
error-unavailable = This cannot be reached just now. Nothing was lost; please try again in a minute.
error-fault = The request could not be carried out because of a fault. It has been logged.
error-changed-meanwhile = Somebody changed this meanwhile. Look at what it is now, then decide.
error-exists = This is there already.
error-csrf = This form did not come from our own page, or your session ended. Please open the page again.
error-utf8 = The text is not valid UTF-8.
error-too-slow = The rest of the request did not arrive in time. Nothing was done; please send it again.
error-method = Nothing here is done that way. The header Allow names the methods that are.
error-one-of = “{ $given }” is not known. Known are: { $known }
error-full = The disk is full, so nothing was stored: what you sent is not here. An administrator must make room; then send it again.
error-json-object = The body must be a JSON object: { "{" } "name": value, … { "}" }
error-zero = The text contains the zero character, which is no part of any text.
error-address = The address is not valid UTF-8.
error-form = The form cannot be read.
error-query = The address has a value of the wrong kind: { $why }
error-content-type = The content must be of type { $wanted }.
error-json = The JSON cannot be read at line { $line }, column { $column }: { $why }
error-json-field = { $why }
error-idempotency-key = An Idempotency-Key has 1 to 200 letters, digits or signs of ASCII, and no space.
error-idempotency-other = This Idempotency-Key was used for another request.
error-idempotency-spent = The request with this Idempotency-Key was carried out, or is being carried out now. Look at the result before you send it again.
time-now = just now
time-soon = in a moment
time-minutes-ago = { $n ->
    [one] a minute ago
   *[other] { $n } minutes ago
 }
time-hours-ago = { $n ->
    [one] an hour ago
   *[other] { $n } hours ago
 }
time-days-ago = { $n ->
    [one] yesterday
   *[other] { $n } days ago
 }
time-in-minutes = { $n ->
    [one] in a minute
   *[other] in { $n } minutes
 }
time-in-hours = { $n ->
    [one] in an hour
   *[other] in { $n } hours
 }
time-in-days = { $n ->
    [one] tomorrow
   *[other] in { $n } days
 }
