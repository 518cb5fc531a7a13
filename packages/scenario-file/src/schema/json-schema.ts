import { z } from 'zod'
import { environmentFileSchema } from './environment-schema.ts'
import { scenarioFileSchema } from './scenario-schema.ts'

/** A draft-07 JSON Schema as plain JSON. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** Kinds of file that editors can check by a schema. */
export const SCHEMA_KINDS = ['scenario', 'environment'] as const
export type SchemaKind = (typeof SCHEMA_KINDS)[number]

/**
 * The draft-07 schema of a kind of file, from the same zod schema that compiles it. Values that a reference
 * (`${name}`, `${env:NAME}`) may stand for accept one, so that editors do not flag what compiles.
 */
export function fileJsonSchema(kind: SchemaKind): JsonSchema {
  const schema = kind === 'scenario' ? scenarioFileSchema : environmentFileSchema
  const reference = kind === 'scenario' ? PARAMETER_REFERENCE : PROCESS_REFERENCE
  const json = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema, path }) => {
      tidy(jsonSchema)
      if (path.includes('spec')) allowReference(jsonSchema, reference)
    },
  })
  return { ...json, $id: `https://firedrill.dev/schema/v1/${kind}.json` }
}

/** The text of a schema file: indented JSON with a newline at its end. */
export function fileJsonSchemaText(kind: SchemaKind): string {
  return `${JSON.stringify(fileJsonSchema(kind), null, 2)}\n`
}

const PARAMETER_REFERENCE = { type: 'string', pattern: String.raw`\$\{[a-z][a-z0-9-]*\}` }
const PROCESS_REFERENCE = { type: 'string', pattern: String.raw`\$\{env:[A-Z_][A-Z0-9_]*(:-[^{}]*)?\}` }
/** Keywords that say what a value is; the rest is documentation and stays outside. */
const CONSTRAINTS = [
  'type',
  'enum',
  'pattern',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
]

type Mutable = Record<string, unknown>

function tidy(json: Mutable): void {
  // zod writes JavaScript's integer range where no limit was set, which tells nobody anything.
  if (json['maximum'] === Number.MAX_SAFE_INTEGER) delete json['maximum']
  if (json['minimum'] === Number.MIN_SAFE_INTEGER) delete json['minimum']
}

function allowReference(json: Mutable, reference: Readonly<Mutable>): void {
  const isTyped = json['type'] === 'number' || json['type'] === 'integer' || json['type'] === 'boolean'
  const isLimited = json['type'] === 'string' && (json['enum'] !== undefined || json['pattern'] !== undefined)
  if ((!isTyped && !isLimited) || json['const'] !== undefined) return
  const own: Mutable = {}
  for (const key of CONSTRAINTS) {
    if (json[key] === undefined) continue
    own[key] = json[key]
    delete json[key]
  }
  json['anyOf'] = [own, { ...reference }]
}
