//! What the agencies of the story say. The Dzongkha is a draft, to be reviewed by a native speaker.

pub struct Text {
    pub en: &'static str,
    pub dz: &'static str,
}

pub const PLAN: [&str; 6] = [
    "People in every dzongkhag learn in time what concerns their health: vaccination days, outbreaks, where to go. \
     Within a year half of the questions that now reach hospitals by telephone are answered in public.",
    "Parents of young children, people above 60, village health workers and schools; in Dzongkha first, in English for \
     those who read it more easily.",
    "A rumour outruns us; a draft goes out; an account is taken over. Answers: a second pair of eyes on every post, \
     one-time codes for everybody, a freeze within a minute.",
    "One information and media officer full time, one hour a day of the duty doctor, a telephone and a laptop; \
     Nu. 350,000 a year.",
    "Median time to the first answer under four working hours; nine of ten posts in both languages; share of the \
     vaccination days announced a week ahead. Counted monthly.",
    "The lead approves plans and accounts, the approver every post. The moderator keeps the comment rules. Records are \
     kept as the policy says. Reviewed every six months.",
];

pub const GEWOG_PLAN: [&str; 6] = [
    "Every household knows of meetings, water works and farm supplies before they happen.",
    "The households of the gewog, among them many who read only Dzongkha, and relatives who live elsewhere.",
    "One clerk alone may be ill; a notice may be wrong. The gup reads everything before it goes out.",
    "The clerk with one telephone, two hours a week.",
    "Notices out three days ahead; questions answered within two days.",
    "The gup approves. Reviewed every year with the dzongkhag.",
];

pub const FLU: Text = Text {
    en: "Free flu vaccination from Monday at every hospital and basic health unit. Children under five, people above 60 \
         and health workers first. Bring your health card.",
    dz: "གཟའ་མིག་དམར་ལས་ སྨན་ཁང་ཚུ་ནང་ ཆམ་ནད་བཀག་ཐབས་སྨན་ཁབ་ རིན་མེད་ཐོག་བཙུགས་འོང་། ཨ་ལོ་ལོ་ལྔ་མན་དང་ རྒན་ཤོས་ཚུ་ལུ་ འགོ་ཐོག་ལས་བྱིན་འོང་།",
};
pub const FLU_SHORT: &str =
    "ཆམ་ནད་བཀག་ཐབས་སྨན་ཁབ་ རིན་མེད། Free flu vaccination from Monday, at every hospital and basic health unit.";

/// What follows it, as a first comment.
pub const FLU_COMMENT: Text = Text {
    en: "The hours of each hospital and unit: call 112 at any time, or ask here.",
    dz: "སྨན་ཁང་རེ་རེའི་དུས་ཚོད་ ཤེས་དགོ་པ་ཅིན་ ༡༡༢ ལུ་བརྒྱུད་འཕྲིན་གཏང་ ཡང་ན་ ནཱ་ལུ་དྲིས་གནང་།",
};

/// Posted by hand, on the network itself.
pub const BESIDE: &str = "The blood bank in Thimphu is open until nine tonight. Thank you to everybody who came.";

pub const WATER: Text = Text {
    en: "After the heavy rain: boil drinking water for ten minutes in Thimphu and Paro until Thursday. Samples are taken \
         every morning; results appear here.",
    dz: "ཆརཔ་སྦོམ་རྐྱབ་ཞིནམ་ལས་ ཐིམ་ཕུག་དང་སྤ་རོ་ནང་ གཟའ་པ་སངས་ཚུན་ འཐུང་ཆུ་སྐར་མ་བཅུ་བསྐོལ་ཞིནམ་ལས་འཐུང་།",
};
pub const WATER_CORRECTED: Text = Text {
    en: "After the heavy rain: boil drinking water for ten minutes in Thimphu and Paro until Saturday. Samples are taken \
         every morning; results appear here.",
    dz: "ཆརཔ་སྦོམ་རྐྱབ་ཞིནམ་ལས་ ཐིམ་ཕུག་དང་སྤ་རོ་ནང་ གཟའ་ཉི་མ་ཚུན་ འཐུང་ཆུ་སྐར་མ་བཅུ་བསྐོལ་ཞིནམ་ལས་འཐུང་།",
};
pub const WATER_NOTE: &str = "The advice holds until Saturday, not Thursday: yesterday's samples were not clean yet.";

pub const EYES: Text = Text {
    en: "Eye camp in Gelephu on Wednesday and Thursday: free examinations and glasses.",
    dz: "དགེ་ལེགས་ཕུག་ལུ་ མིག་ཏོ་བརྟག་དཔྱད་རིན་མེད།",
};
pub const EYES_REASON: &str = "The camp is put off: the road at Box Cutting is closed. A new date will be announced.";

pub const SALT: Text = Text {
    en: "Eat less salt: it cures high blood pressure in two weeks!",
    dz: "ཚྭ་ཉུང་སུ་བཟའ། ཁྲག་ཤེད་མཐོ་བའི་ནད་དྲག་འོང་།",
};
pub const SALT_REASON: &str =
    "No source says “cures” or “two weeks”. Please write what our own guideline says, and link it.";

pub const DENTAL: Text = Text {
    en: "Dental check for school children: teams visit Wangdue Phodrang tomorrow from nine o'clock. No appointment needed.",
    dz: "སློབ་ཕྲུག་ཚུ་གི་སོའི་བརྟག་དཔྱད། ནངས་པ་དྲོ་པ་ཆུ་ཚོད་༩་ལས་ དབང་འདུས་ཕོ་བྲང་ལུ།",
};

pub const BLOOD: Text = Text {
    en: "Blood donors needed this week at JDWNRH, all groups, most of all O negative. It takes half an hour.",
    dz: "བདུན་ཕྲག་འདི་ནང་ ཁྲག་ཕུལ་མི་དགོས། སྨན་ཁང་ JDWNRH ལུ་བྱོན་གནང་།",
};

pub const MIND: Text = Text {
    en: "Talking helps. Call 1010 at any hour; whoever answers is trained and keeps it to themselves.",
    dz: "ཁ་སླབ་རྐྱབ་པ་ཅིན་ ཕན་ཐོགས་འོང་། ནམ་རང་འབད་རུང་ ༡༠༡༠ ལུ་བརྒྱུད་འཕྲིན་གཏང་།",
};

pub const SMOKE: Text = Text {
    en: "Smoke over Thimphu this morning comes from a controlled fire below Dechencholing. Keep windows shut until noon.",
    dz: "ད་རེས་དྲོ་པ་ ཐིམ་ཕུག་ལུ་དུ་པ་འདི་ བདེ་ཆེན་ཆོས་གླིང་གི་འོག་ལས་ཨིན། ཉིན་གུང་ཚུན་ སྒོ་སྒྲིག་ བསྡམ་བཞག་གནང་།",
};

pub const WALK: Text = Text {
    en: "Walk for the heart: Saturday at seven from the clock tower, three kilometres, for everybody.",
    dz: "སྙིང་གི་དོན་ལུ་རྐང་འགྲོས། གཟའ་སྤེན་པ་དྲོ་པ་ཆུ་ཚོད་༧་ལུ་ ཆུ་ཚོད་ཏོག་ལས།",
};

pub const DRAFT: Text = Text { en: "World AIDS Day, 1 December: where to get tested, free and unnamed", dz: "" };

/// Begun for below it.
pub const DRAFT_COMMENT: Text =
    Text { en: "Places and hours: every hospital, nine to three. Nobody asks your name.", dz: "" };

pub const ROAD: Text = Text {
    en: "The road between Punakha and Gasa is closed for repair on Friday from 10 to 14 o'clock. Ambulances pass.",
    dz: "སྤུ་ན་ཁ་དང་མགར་ས་གི་བར་ནའི་གཞུང་ལམ་ གཟའ་སྤེན་པ་ ཉམས་བཅོས་འབད་ནིའི་དོན་ལུ་ བསྡམ་འོང་།",
};

pub const SHOW: (&str, &str) =
    ("Punakha by ear", "What is new in Punakha, to listen to on the way. Once a week, in a few minutes.");

pub const EPISODE: Text = Text {
    en: "To listen to: the bridge to Gasa\nWhat is repaired on the road, and how long it takes.",
    dz: "ཉན་ནི། མགར་ས་ལུ་འགྱོ་མི་ཟམ།\nགཞུང་ལམ་ག་ཏེ་ཉམས་བཅོས་འབདཝ་ཨིན་ན་ དུས་ཡུན་ག་དེ་ཅིག་འགོར་ནི་ཨིན་ན།",
};

/// What is said in it: here a tone stands for the voice.
pub const SPOKEN: Text = Text {
    en: "WEBVTT\n\n00:00.000 --> 00:02.000\nThe bridge to Gasa is repaired on Friday.\n\n00:02.000 --> 00:04.000\nAmbulances pass at any time.",
    dz: "མགར་ས་ལུ་འགྱོ་མི་ཟམ་ གཟའ་སྤེན་པ་ཉམས་བཅོས་འབད་འོང་། ནད་གཡོག་འཁོར་ལོ་ནམ་རང་འབད་རུང་འགྱོ་ཆོག།",
};

pub const CRANES: Text = Text {
    en: "The black-necked cranes are back. Please keep dogs on a leash near the river and leave the fields by the paths.",
    dz: "ཁྲུང་ཁྲུང་ཚུ་ ལོག་འོངས་ཡི། ཆུ་འགྲམ་ལུ་རོ་ཁྱི་བཏགས་བཞག་གནང་།",
};

pub const WINTER: Text = Text {
    en: "Winter vegetables: seedlings for greenhouses are given out at the dzongkhag office on Monday.",
    dz: "དགུན་དུས་ཚོད་བསྲེ། རྫོང་ཁག་ཡིག་ཚང་ལས་ གཟའ་མིག་དམར་ལུ་ སོན་ཕྲུག་བྱིན་འོང་།",
};

pub const TAP: Text = Text {
    en: "The new tap at Kurjey runs from tomorrow. Meeting on its upkeep in the gewog hall on Saturday at nine.",
    dz: "སྐུ་རྗེས་ལུ་ འཐུང་ཆུའི་རྐ་གསརཔ་ ནངས་པ་ལས་ཆུ་འོང་། གཟའ་ཉི་མ་དྲོ་པ་ཆུ་ཚོད་༩་ལུ་ རྒེད་འོག་ཡིག་ཚང་ནང་ཞལ་འཛོམས་ཡོད།",
};

pub const GEWOG_DRAFT: Text =
    Text { en: "", dz: "རྒེད་འོག་ཚོགས་འདུ་གི་གྲོས་ཆོས།" };
