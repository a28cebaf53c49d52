policy-lede = Every clause in our own words, with the number by which posts, refusals and records cite it.
policy-draft = This language is a draft that no native speaker has reviewed. Where a text is missing, the English one stands.
policy-adopted-by = Adopted by
policy-adopted-on = Adopted on
policy-clauses = Clauses
policy-binding-count = Of them binding
policy-review = Review of the policy
policy-review-overdue = The review is overdue since { $date }.
policy-review-missed = { $n ->
    [one] One review that was due is not on record.
   *[other] { $n } reviews that were due are not on record.
 }
policy-review-first = The first was due on { $date }.
policy-review-due = The next review is due on { $date }.
policy-contents = Contents
policy-level-may = may
policy-level-should = should
policy-level-must = must
policy-level-shall = shall
policy-actors = Who:
policy-machines = The clauses for programs (JSON)
