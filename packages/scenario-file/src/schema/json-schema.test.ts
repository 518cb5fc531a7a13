import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { environmentFileSchema } from './environment-schema.ts'
import { fileJsonSchema, SCHEMA_KINDS } from './json-schema.ts'
import { scenarioFileSchema } from './scenario-schema.ts'

type Json = Readonly<Record<string, unknown>>
type Field = Readonly<{ path: string; json: Json }>

/** Every named property of a schema, at any depth. */
function fields(json: unknown, path = ''): readonly Field[] {
  if (Array.isArray(json)) return json.flatMap((item) => fields(item, path))
  if (typeof json !== 'object' || json === null) return []
  return Object.entries(json).flatMap(([key, value]) => {
    if (key === 'examples' || key === 'default') return []
    if (key !== 'properties') return fields(value, path)
    return Object.entries(value as Json).flatMap(([name, field]) => [
      { path: `${path}.${name}`, json: field as Json },
      ...fields(field, `${path}.${name}`),
    ])
  })
}

function undocumented(json: unknown): readonly string[] {
  return fields(json).flatMap(({ path, json: field }) => {
    const { description, examples } = field
    const isDescribed = typeof description === 'string' && /^\S.*\.$/s.test(description)
    return isDescribed && Array.isArray(examples) && examples.length > 0 ? [] : [path]
  })
}

/** Every schema inside a schema that carries examples. */
function exemplified(schema: unknown, seen = new Set<unknown>()): readonly z.ZodType[] {
  if (!(schema instanceof z.ZodType) || seen.has(schema)) return []
  seen.add(schema)
  const inner: unknown[] = []
  if (schema instanceof z.ZodObject) inner.push(...Object.values(schema.shape))
  if (schema instanceof z.ZodArray) inner.push(schema.element)
  if (schema instanceof z.ZodOptional) inner.push(schema.unwrap())
  if (schema instanceof z.ZodRecord) inner.push(schema.valueType)
  if (schema instanceof z.ZodUnion) inner.push(...schema.options)
  return [
    ...(schema.meta()?.['examples'] === undefined ? [] : [schema]),
    ...inner.flatMap((one) => exemplified(one, seen)),
  ]
}

describe.each(SCHEMA_KINDS)('the %s schema for editors', (kind) => {
  it('is what docs/schema holds', () => {
    const file = new URL(`../../../../docs/schema/${kind}.json`, import.meta.url)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(fileJsonSchema(kind))
  })

  it('is draft-07, the newest that YAML editors document, and uses nothing newer', () => {
    const json = fileJsonSchema(kind)
    expect(json['$schema']).toBe('http://json-schema.org/draft-07/schema#')
    expect(JSON.stringify(json)).not.toMatch(/"(\$defs|prefixItems|unevaluatedProperties|dependentRequired)"/)
  })

  it('describes every field in a sentence and with an example', () => {
    expect(fields(fileJsonSchema(kind)).length).toBeGreaterThan(30)
    expect(undocumented(fileJsonSchema(kind))).toEqual([])
    expect(undocumented({ properties: { bare: { type: 'string' } } })).toEqual(['.bare'])
  })

  it('refuses fields it does not know, in every object', () => {
    const open = JSON.stringify(fileJsonSchema(kind)).match(/"properties":/g)?.length
    const closed = JSON.stringify(fileJsonSchema(kind)).match(/"additionalProperties":false/g)?.length
    expect(closed).toBe(open)
  })

  it('shows only examples that compile', () => {
    const schemas = exemplified(kind === 'scenario' ? scenarioFileSchema : environmentFileSchema)
    expect(schemas.length).toBeGreaterThan(30)
    for (const schema of schemas) {
      for (const example of (schema.meta()?.['examples'] ?? []) as unknown[]) {
        expect(schema.safeParse(example).success, `${JSON.stringify(example)}: ${schema.description}`).toBe(
          true,
        )
      }
    }
  })
})
