agencies-title = Agencies
agencies-lede = Every public body and where it speaks officially.
agencies-search = Name or code
agencies-kind = Kind
agencies-every-kind = Every kind
agencies-go = Show
agencies-none = No agency fits.
agencies-former = former
agencies-gewogs = Show the 205 gewogs
agencies-nav = Register of agencies
agencies-reorganisations = Reorganisations
agencies-reorganisation = Reorganisation
agencies-reorganisations-lede = Who took over from whom, from which day, by which order. Each is one recorded act; accounts, people and work follow.
agencies-reorganisations-none = No reorganisation is recorded.
agencies-reorganise = Record a reorganisation
agencies-reorganise-lede = One act: who ends, who carries on, from which day, by which order. From its day it cannot be taken back.
agencies-reorganise-go = Record it
agencies-change = What happens
agencies-change-hint = Merge: into one agency, new or there already. Split: one into several. Rename: one into one. Dissolve: nobody carries on.
agencies-kind-merge = merge
agencies-kind-split = split
agencies-kind-rename = rename
agencies-kind-dissolve = dissolve
agencies-from = Who ends
agencies-from-hint = Codes of the register, parted by spaces: MoIC. Names are not unique, codes are.
agencies-to = Who carries on
agencies-to-hint = Codes, parted by spaces: MoICE GovTech MoIT. A new agency is brought in as a table first. Empty when it is dissolved.
agencies-heir = Who takes over what cannot be divided
agencies-heir-hint = One code: accounts, people and open work go there. When it is dissolved: who looks after what is left. May be empty where one carries on.
agencies-effective-on = From which day
agencies-effective-hint = The first day on which it holds. A later day takes effect by itself.
agencies-order = Act or order
agencies-order-hint = Its name, number and date, as the gazette has it.
agencies-reason = Reason
agencies-state = State
agencies-state-ordered = ordered
agencies-state-effective = in effect
agencies-state-revoked = taken back
agencies-nobody = Nobody
agencies-recorded = Recorded
agencies-by-pack = as the policy pack says
agencies-revoke = Take it back
agencies-revoke-hint = Until its day it can be taken back; that is recorded too.
agencies-follows = What follows on that day
agencies-follows-accounts = Accounts on platforms go over with their secrets; the public is told whose they were until when. The agency's own site closes and leads on.
agencies-follows-people = People go over with their roles, but for those that may not meet.
agencies-follows-posts = Posts that are not out are taken back and become drafts of who takes over. What is out stays.
agencies-follows-rest = Messages, decisions, appeals and records stay where they were written; who takes over looks after them.
agencies-follows-plans = Plans stay as history: who takes over makes their own.
agencies-error-kind = Say what happens.
agencies-error-from = Say who ends.
agencies-error-merge = A merger ends in exactly one agency.
agencies-error-split = A split is of one agency into two or more.
agencies-error-rename = A new name is of one agency into one.
agencies-error-dissolve = When it is dissolved nobody carries on; name who looks after what is left.
agencies-error-twice = { $code } stands twice.
agencies-error-day = Write the day as 2022-12-30.
agencies-error-unknown = { $code } is not the code of an agency in the register.
agencies-error-ended = { $code } has ended already, or will, by an act on record.
agencies-error-other-day = By the register { $code } ended on another day.
agencies-error-not-yet = { $code } does not exist before that day.
agencies-error-itself = { $code } cannot take over from itself.
agencies-error-gone = { $code } ends itself, or has ended by then.
agencies-error-later = { $code } does not exist yet on that day.
agencies-error-heir = Name one of those who carry on, by its code.
agencies-error-caretaker = Name the agency that looks after what is left.
agencies-error-reason = Give the reason, in at most 2000 characters.
agencies-error-order = Name the act or order, in at most 2000 characters.
agencies-error-not-ordered = It has taken effect or was taken back before.
agencies-no-file = Choose a file.
agencies-table-title = Agencies as a table
agencies-table-lede = Bring in agencies the policy pack does not have, or put them right. All of it is checked first: with one fault in it nothing is done.
agencies-table-columns = The first line names the columns; at most { $n } lines follow. Kinds are those of the pack; days are written 2022-12-30.
agencies-table-file = The table (CSV)
agencies-table-file-hint = UTF-8 or the "Unicode text" of table programs; commas, semicolons or tabs between the cells.
agencies-table-check = Check only
agencies-table-go = Check and carry out
agencies-table-export = The register as a table (CSV)
agencies-table-done = Carried out
agencies-table-would = No fault. This would happen
agencies-table-registered = { $n ->
    [one] one agency is registered
   *[other] { $n } agencies are registered
 }
agencies-table-changed = { $n ->
    [one] one agency is put right
   *[other] { $n } agencies are put right
 }
agencies-table-unchanged = { $n ->
    [one] one line changes nothing
   *[other] { $n } lines change nothing
 }
agencies-table-faults = Nothing was done. Put these lines right
agencies-table-line = Line
agencies-table-place = Column
agencies-table-what = What is wrong
agencies-table-more = { $n ->
    [one] One more fault is not shown.
   *[other] { $n } more faults are not shown.
 }
agencies-table-unreadable = This file is no text that can be read. Save the table as CSV in UTF-8.
agencies-table-empty = There is no line to read in this file.
agencies-table-many = A table has at most { $most } lines. Divide it.
agencies-table-column = "{ $column }" is not a column, or stands twice. The columns are { $known }.
agencies-table-missing = The column { $column } is missing.
agencies-table-encoding = This cell is not UTF-8. Save the table as CSV in UTF-8.
agencies-table-cells = { $n ->
    [one] The line has one cell more than the head.
   *[other] The line has { $n } cells more than the head.
 }
agencies-table-code = "{ $given }" is no code: letters, digits, hyphen, dot and underscore, at most 40.
agencies-table-twice = This code stands in line { $line } already.
agencies-table-name = A name has 1 to 200 characters.
agencies-table-day = "{ $given }" is not a day: write it as 2022-12-30.
agencies-table-order = It would end before it began.
agencies-table-successors = An agency with successors needs the day it ended.
agencies-table-kind = "{ $given }" is not a kind of the policy pack.
agencies-table-circle = The agencies above it go in a circle.
agencies-table-ends = An agency ends by a reorganisation, not by a table.
agencies-table-capitals = The register writes this code { $code }.
agencies-table-pack = This agency stands in the policy pack: put it right there.
