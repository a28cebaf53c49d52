newsletter-title = { $agency }: notices by e-mail
newsletter-lede = What this agency publishes comes to you as a mail, with its corrections. You can leave at any time, with one click.
newsletter-email = Your e-mail address
newsletter-email-hint = It is used for these notices only and shown to nobody. It is deleted when you leave.
newsletter-ask = Ask for the notices
newsletter-asked = Look into your mailbox: a mail asks whether it was you. Nothing is sent before you answer it.
newsletter-none = This agency sends no notices by e-mail.
newsletter-to-agencies = All agencies
newsletter-ask-subject = { $agency }: do you want its notices by e-mail?
newsletter-ask-mail =
    Somebody, most likely you, asked to get the notices of { $agency } at this address.

    Say yes here:
    { $link }

    If it was not you, do nothing: the address is forgotten within a week.
newsletter-subject-send = { $agency }: { $title }
newsletter-subject-edit = { $agency }: corrected: { $title }
newsletter-subject-take-down = { $agency }: withdrawn: { $title }
newsletter-head-edit = A notice you got earlier was corrected: { $note }
newsletter-head-take-down = A notice you got earlier no longer holds and was withdrawn: { $note }
newsletter-foot =
    { $agency }, on its official site: { $post }
    You get this because you asked for it. Leave: { $out }
newsletter-reader-title = Notices by e-mail
newsletter-reader-asked = Do you want the notices of { $agency } by e-mail?
newsletter-confirm = Yes, send them to me
newsletter-not-me = No, forget my address
newsletter-reader-reading = You get the notices of { $agency } by e-mail.
newsletter-leave = Leave, and delete my address
newsletter-reader-left = This address gets no notices (any more). Nothing of it is kept.
newsletter-list-title = Mailings
newsletter-readers = { $n ->
    [0] Nobody reads this newsletter yet.
    [one] One reader.
   *[other] { $n } readers.
 }
newsletter-where = Where people ask for it
newsletter-empty = Nothing was mailed yet. A post for this account is mailed once it is approved and due.
newsletter-empty-next = Write a post
newsletter-post = Post
newsletter-made = Begun
newsletter-sent = Sent
newsletter-waiting = Waiting
newsletter-refused = Refused
newsletter-older = Older
newsletter-kind-send = notice
newsletter-kind-edit = correction
newsletter-kind-take-down = withdrawal
