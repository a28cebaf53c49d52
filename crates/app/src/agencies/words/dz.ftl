# draft, to be reviewed by a native speaker
agencies-title = ལས་སྡེ་ཚུ།
agencies-lede = གཞུང་གི་ལས་སྡེ་ག་ར་དང་ ཁོང་གིས་གཞུང་འབྲེལ་ཐོག་སླབ་ས།
agencies-search = མིང་ ཡང་ན་ གསང་ཨང་།
agencies-kind = དབྱེ་བ།
agencies-every-kind = དབྱེ་བ་ག་ར།
agencies-go = སྟོན།
agencies-none = ལས་སྡེ་མཐུན་མི་མིན་འདུག
agencies-former = ཧེ་མའི།
agencies-gewogs = རྒེད་འོག་ ༢༠༥ སྟོན།
