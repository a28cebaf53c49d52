ledger-log-title = The public record
ledger-log-lede = Everything this system does officially is written down once and never changed: each approval, each publication, each correction, each decision about a comment. This page lets anybody check that nothing was removed or rewritten afterwards, without having to trust us.
ledger-log-size = Entries
ledger-log-origin = Name of the log
ledger-log-checkpoint = Latest checkpoint
ledger-log-checkpoint-is = The checkpoint sums up all entries in one line and is signed. Whoever keeps one can show later that the entries of that day are still there, all of them, in the same order.
ledger-log-key = Verifier key
ledger-log-key-is = With this key, programs check the signature. Note it down today, and compare it with what others noted down.
ledger-log-inside = What an entry says
ledger-log-inside-open = Of official acts: the kind of act, the time, the agency, and what it was about. Who did it and in which words stands there as a salted fingerprint that can be opened, field by field, for whoever has a right to know.
ledger-log-inside-sealed = Of what citizens write, of drafts and of sign-ins: only the kind, and one fingerprint. Nobody can tell from it whose it was.
ledger-log-inside-never = Never: names, addresses, texts, pictures. When a record must be destroyed by law, its salt is destroyed, and the fingerprint tells nothing any more.
ledger-log-check = How to check it, without us
ledger-log-check-keep = Keep the verifier key and a checkpoint where we cannot reach them.
ledger-log-check-tiles = Let any program that reads the tiled log format fetch the tiles and the entries, and compute the fingerprint of the checkpoint again.
ledger-log-check-proof = For one entry, take its proof: a small file that shows, together with the verifier key, that the entry is in the log. It needs no network.
ledger-log-check-compare = Come back later: every newer checkpoint must contain the log of yours.
ledger-log-formats = Formats:
ledger-log-empty = Nothing has been entered yet. The first checkpoint appears within a second of the first act.
ledger-log-waiting = { $n ->
    [one] One act waits to be entered.
   *[other] { $n } acts wait to be entered.
 }
