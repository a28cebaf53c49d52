// Holds OSCAL documents to NIST's schema. Arguments: files. Prints nothing and ends well when all are valid.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
const require = createRequire(new URL('../browser/package.json', import.meta.url));
const Ajv = require('ajv').default;
const schema = JSON.parse(readFileSync(new URL('oscal/oscal-complete-schema-1.2.1.json', import.meta.url)));
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: true });
require('ajv-formats').default(ajv);
const valid = ajv.compile(schema);
let wrong = 0;
for (const file of process.argv.slice(2)) {
  if (!valid(JSON.parse(readFileSync(file)))) {
    wrong += 1;
    for (const e of valid.errors.slice(0, 20)) console.error(`${file}${e.instancePath}: ${e.message}`);
  }
}
process.exit(wrong ? 1 : 0);
