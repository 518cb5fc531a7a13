import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { fileJsonSchemaText, SCHEMA_KINDS } from './json-schema.ts'

// Writes docs/schema/*.json. After changing a file schema: `node packages/scenario-file/src/schema/write-schemas.ts`,
// then `oxfmt docs/schema`; a test fails until both agree again.
const directory = fileURLToPath(new URL('../../../../docs/schema/', import.meta.url))
mkdirSync(directory, { recursive: true })
for (const kind of SCHEMA_KINDS) {
  writeFileSync(`${directory}${kind}.json`, fileJsonSchemaText(kind))
  process.stdout.write(`docs/schema/${kind}.json\n`)
}
