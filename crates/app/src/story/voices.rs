//! What people write to the agencies of the story, and what they are answered. The Dzongkha is a draft, to be reviewed by
//! a native speaker.

/// A question under the vaccination, in Dzongkha, and the thread that follows.
pub const PREGNANT: &str = "ཨམ་སྲུ་ཨ་ལོ་བཙའ་ནི་ཡོད་མི་ཚུ་ལུ་ཡང་ སྨན་ཁབ་འདི་བཙུགས་ཆོག་ག?";
pub const PREGNANT_ANSWER: &str = "ཆོག འགོ་ཐོག་ལས་བྱིན་འོང་། ཁྱོད་རའི་འཕྲོད་བསྟེན་ལག་དེབ་ འབག་བྱོན་གནང་།";
pub const PREGNANT_THANKS: &str = "བཀའ་དྲིན་ཆེ། ནངས་པ་འོང་གེ།";
pub const THANKS_REASON: &str = "Thanks; nothing is asked.";

/// The same question twice needs one answer on the practice network too.
pub const COST: &str = "Is it free for people who work here but come from abroad?";
pub const COST_ANSWER: &str =
    "Yes, free for everybody who lives in Bhutan. Bring any document with your date of birth.";
pub const COST_THANKS: &str = "Good to know, I will tell the others at the site.";

/// Criticism, which stays and is answered.
pub const LATE: &str = "On Monday it was “until Thursday”, now it is “until Saturday”. My children drank from the tap \
                        yesterday morning. Why do we hear it only now?";
pub const LATE_ANSWER: &str = "You are right to ask. The samples of Wednesday came back at six in the morning and we \
                               wrote at twenty to nine: too slow. From now on the laboratory tells us at once, at any \
                               hour. If the children have a fever or diarrhoea, call 112.";
pub const LATE_MORE: &str = "Thank you for an honest answer. Please put it on the radio too.";

/// Sharper, in Dzongkha, under the road works: it stays, and is still open.
pub const ROAD: &str = "ལམ་འདི་ ཟླཝ་རེ་ལུ་ཚར་རེ་བསྡམ་དོ། ང་བཅས་ཀྱིས་ཚོད་བསྲེ་ ག་དེ་འབད་འབག་འགྱོ་ནི?";
pub const ROAD_ALSO: &str = "Third closure since September, always on market day. Does anybody in the office ask the \
                             farmers first?";

pub const TAP: &str = "ཞལ་འཛོམས་ནང་ ང་བཅས་ཀྱིས་ གླ་ཆ་ག་དེམ་ཅིག་བཏབ་དགོཔ་ཨིན་ན?";
pub const CRANES: &str =
    "Seven of them at the bend below the bridge this morning. Two dogs ran loose again near the school.";

/// Reported, hidden, appealed against, and brought back by somebody else.
pub const MASKS: &str = "Masks at half price, the shop beside the vegetable market, ask for Karma!";
pub const MASKS_REPORT: &str = "This is advertising.";
pub const MASKS_REASON: &str = "It advertises a shop and its price under a notice about vaccination.";
pub const MASKS_APPEAL: &str = "I do not sell anything. People asked at the clinic where masks are to be had and I wanted \
                                to help. The shop is not mine.";
pub const MASKS_OUTCOME: &str = "The author has no part in the shop, and where to find masks belongs to the topic. The \
                                 comment is back.";

/// Reported today; nobody has looked at it yet.
pub const INSULT: &str = "Whoever wrote this should be ashamed, the lot of you are useless";
pub const INSULT_REPORT: &str = "Rude to the people of the ministry.";

/// Proposed by the moderator; a second reviewer is needed.
pub const PARTY: &str = "Only the party of the lotus will mend the pipes. Vote for it!";
pub const PARTY_REASON: &str = "It asks to vote for a party; nothing else is said.";

/// Came in today and lies open, with an answer waiting for its approval.
pub const HELPLINE: &str = "Does the helpline 1010 speak Sharchop too?";
pub const HELPLINE_ANSWER: &str = "Yes: Dzongkha, English, Sharchop and Lhotsham, at any hour.";
pub const RESULTS: &str = "Where exactly are the results of the samples? I cannot find the table.";
pub const RESULTS_DZ: &str = "ཆུ་བརྟག་དཔྱད་ཀྱི་གྲུབ་འབྲས་ ག་ཏེ་ལས་མཐོང་ཚུགས་ག?";
pub const NIGHT: &str = "Is the health unit at Khasadrapchu open at night this week?";
