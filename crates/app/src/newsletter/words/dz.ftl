# draft, to be reviewed by a native speaker
newsletter-title = { $agency }: གློག་འཕྲིན་ཐོག་ལས་ གསལ་བསྒྲགས།
newsletter-lede = ལས་སྡེ་འདི་གིས་དཔེ་བསྐྲུན་འབད་མི་ཚུ་ ནོར་བཅོས་དང་བཅས་ཏེ་ ཁྱོད་ལུ་གློག་འཕྲིན་ཐོག་ལས་འོང་། ནམ་རང་འབད་རུང་ ཐེངས་གཅིག་ཨེབ་སྟེ་ བཞག་ཚུགས།
newsletter-email = ཁྱོད་ཀྱི་གློག་འཕྲིན་ཁ་བྱང་།
newsletter-email-hint = གསལ་བསྒྲགས་འདི་ཚུའི་དོན་ལུ་རྐྱངམ་ཅིག་ལག་ལེན་འཐབ་ནི་དང་ གཞན་ལུ་མི་སྟོན། ཁྱོད་ཀྱིས་བཞག་པའི་སྐབས་ བཏོན་གཏང་འོང་།
newsletter-ask = གསལ་བསྒྲགས་ཞུ།
newsletter-asked = ཁྱོད་ཀྱི་གློག་འཕྲིན་ནང་བལྟ་གནང་། འདི་ཁྱོད་ཨིན་ན་ འཕྲིན་ཅིག་གིས་འདྲི་འོང་། ལན་མ་བྱིན་ཚུན་ ག་ནི་ཡང་མི་གཏང་།
newsletter-none = ལས་སྡེ་འདི་གིས་ གློག་འཕྲིན་ཐོག་ལས་གསལ་བསྒྲགས་མི་གཏང་།
newsletter-to-agencies = ལས་སྡེ་ཆ་མཉམ།
newsletter-ask-subject = { $agency }: གསལ་བསྒྲགས་ཚུ་ གློག་འཕྲིན་ཐོག་ལས་དགོཔ་ཨིན་ན?
newsletter-ask-mail =
    མི་ཅིག་གིས་ ཕལ་ཆེར་ཁྱོད་ཀྱིས་ { $agency } གི་གསལ་བསྒྲགས་ཚུ་ ཁ་བྱང་འདི་ལུ་གཏང་དགོ་ཟེར་ཞུ་ཡི།

    དགོཔ་ཨིན་པ་ཅིན་ ནཱ་ལུ་ཨེབ་གནང་།
    { $link }

    ཁྱོད་མེན་པ་ཅིན་ ག་ནི་ཡང་མ་འབད། ཁ་བྱང་འདི་ བདུན་ཕྲག་གཅིག་ནང་ བཏོན་གཏང་འོང་།
newsletter-subject-send = { $agency }: { $title }
newsletter-subject-edit = { $agency }: ནོར་བཅོས། { $title }
newsletter-subject-take-down = { $agency }: ཕྱིར་བཏོན། { $title }
newsletter-head-edit = ཧེ་མ་ཁྱོད་ལུ་བཏང་མི་གསལ་བསྒྲགས་འདི་ ནོར་བཅོས་འབད་ཡི། { $note }
newsletter-head-take-down = ཧེ་མ་ཁྱོད་ལུ་བཏང་མི་གསལ་བསྒྲགས་འདི་ ད་ལས་ཕར་མེན། ཕྱིར་བཏོན་འབད་ཡི། { $note }
newsletter-foot =
    { $agency } གཞུང་འབྲེལ་ས་ཁོངས། { $post }
    ཁྱོད་ཀྱིས་ཞུ་ནུག་ལས་ འདི་འཐོབ་ཨིན། བཞག་ནི། { $out }
newsletter-reader-title = གློག་འཕྲིན་ཐོག་ལས་ གསལ་བསྒྲགས།
newsletter-reader-asked = { $agency } གི་གསལ་བསྒྲགས་ཚུ་ གློག་འཕྲིན་ཐོག་ལས་དགོཔ་ཨིན་ན?
newsletter-confirm = དགོཔ་ཨིན། ང་ལུ་གཏང་།
newsletter-not-me = མི་དགོ ངེའི་ཁ་བྱང་བཏོན་གཏང་།
newsletter-reader-reading = ཁྱོད་ལུ་ { $agency } གི་གསལ་བསྒྲགས་ཚུ་ གློག་འཕྲིན་ཐོག་ལས་འཐོབ་ཨིན།
newsletter-leave = བཞག་སྟེ་ ངེའི་ཁ་བྱང་བཏོན་གཏང་།
newsletter-reader-left = ཁ་བྱང་འདི་ལུ་ གསལ་བསྒྲགས་མི་གཏང་། དེའི་ཐོ་ག་ནི་ཡང་མེད།
newsletter-list-title = གློག་འཕྲིན་བཏང་མི་ཚུ།
newsletter-readers = { $n ->
    [0] ད་ལྟོ་ཚུན་ ལྷག་མི་མིན་འདུག
    [one] ལྷག་མི་གཅིག
   *[other] ལྷག་མི་ { $n }
 }
newsletter-where = མི་མང་གིས་ཞུ་ས།
newsletter-empty = ད་ལྟོ་ཚུན་ ག་ནི་ཡང་མ་བཏང་། རྩིས་ཁྲ་འདིའི་རྩོམ་ཚུ་ གནང་བ་ཐོབ་སྟེ་ དུས་ཚོད་བབ་པའི་སྐབས་ གཏང་འོང་།
newsletter-empty-next = རྩོམ་བྲི།
newsletter-post = རྩོམ།
newsletter-made = འགོ་བཙུགས་པའི་དུས།
newsletter-sent = བཏང་ཡོདཔ།
newsletter-waiting = བསྒུག་སྡོད་པ།
newsletter-refused = མ་ལེན་པ།
newsletter-older = ཧེ་མའི།
newsletter-kind-send = གསལ་བསྒྲགས།
newsletter-kind-edit = ནོར་བཅོས།
newsletter-kind-take-down = ཕྱིར་བཏོན།
