import { parseDuration } from '@firedrill/core'
import { suggest } from '../problem/did-you-mean.ts'
import type { Problems } from '../problem/problems.ts'
import { PARAMETER_TYPES, type ParameterType } from '../schema/scenario-schema.ts'
import { mapScalars, nodeAt, START, type Located, type Position } from '../yaml/located.ts'

/** Values for parameters, as booked: already typed, or as text from a command line. */
export type ParameterValues = Readonly<Record<string, string | number | boolean>>

type Value = string | number | boolean
const REFERENCE = /\$(\$?)\{([^{}]*)\}/g
const WHOLE = /^\$\{([^{}]*)\}$/

/**
 * Puts the values of `spec.parameters` in place of `${name}` everywhere in `spec`. A scalar that is nothing but a
 * reference takes the parameter's type; inside a longer text the value is written out. `$${` stands for `${`.
 */
export function substituteParameters(root: Located, given: ParameterValues, problems: Problems): Located {
  const spec = nodeAt(root, ['spec'])
  if (root.kind !== 'map' || spec?.kind !== 'map') return root
  const values = parameterValues(spec, given, problems)
  const used = mapScalars(
    spec,
    (scalar, path) => {
      if (typeof scalar.value !== 'string' || path[1] === 'parameters' || path[1] === 'extends') return scalar
      return { ...scalar, value: filled(scalar.value, values, (name) => unknown(name, path, scalar.at)) }
    },
    ['spec'],
  )
  function unknown(name: string, path: readonly (string | number)[], at: Position): void {
    problems.add(
      path,
      at,
      `there is no parameter named ${JSON.stringify(name)}`,
      suggest(name, [...values.keys()]) ?? 'Declare it under spec.parameters, or write $${ for a plain ${.',
    )
  }
  const before = root.entries.get('spec')
  if (before === undefined) return root
  return { ...root, entries: new Map([...root.entries, ['spec', { ...before, value: used }]]) }
}

function filled(text: string, values: ReadonlyMap<string, Value>, unknown: (name: string) => void): Value {
  const whole = WHOLE.exec(text)?.[1]
  if (whole !== undefined) {
    const value = values.get(whole)
    if (value === undefined) unknown(whole)
    return value ?? text
  }
  return text.replaceAll(REFERENCE, (reference, escape: string, name: string) => {
    if (escape !== '') return reference.slice(1)
    const value = values.get(name)
    if (value === undefined) unknown(name)
    return value === undefined ? reference : String(value)
  })
}

function parameterValues(spec: Located, given: ParameterValues, problems: Problems): Map<string, Value> {
  const declared = nodeAt(spec, ['parameters'])
  const values = new Map<string, Value>()
  const entries = declared?.kind === 'map' ? declared.entries : new Map<string, never>()
  for (const [name, { value: node }] of entries) {
    const type = typeOf(node)
    const standard = scalarAt(node, 'default')
    if (type === undefined || standard === undefined) continue
    const at = nodeAt(node, ['default'])?.at ?? node.at
    const fallback = typed(type, standard)
    if (fallback.ok) values.set(name, fallback.value)
    else problems.add(['spec', 'parameters', name, 'default'], at, fallback.problem)
    const wanted = Object.hasOwn(given, name) ? given[name] : undefined
    if (wanted === undefined) continue
    const chosen = typed(type, wanted)
    if (chosen.ok) values.set(name, chosen.value)
    else problems.add(['spec', 'parameters', name], node.at, `the value given for ${name}: ${chosen.problem}`)
  }
  for (const name of Object.keys(given)) {
    if (entries.has(name)) continue
    const at = declared?.at ?? START
    problems.add(
      ['spec', 'parameters'],
      at,
      `a value was given for ${JSON.stringify(name)}, which is no parameter of this scenario`,
      suggest(name, [...entries.keys()]),
    )
  }
  return values
}

type Typed = Readonly<{ ok: true; value: Value } | { ok: false; problem: string }>

function typed(type: ParameterType, value: Value): Typed {
  switch (type) {
    case 'string':
      return { ok: true, value: String(value) }
    case 'boolean':
      if (value === true || value === 'true') return { ok: true, value: true }
      if (value === false || value === 'false') return { ok: true, value: false }
      return { ok: false, problem: `expected true or false, found ${JSON.stringify(value)}` }
    case 'number':
    case 'integer': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
      const isFit = typeof number === 'number' && Number.isFinite(number)
      if (isFit && (type === 'number' || Number.isSafeInteger(number))) return { ok: true, value: number }
      const wanted = type === 'number' ? 'a number' : 'a whole number'
      return { ok: false, problem: `expected ${wanted}, found ${JSON.stringify(value)}` }
    }
    case 'duration': {
      if (typeof value !== 'string')
        return { ok: false, problem: `a duration needs a unit; write for example ${String(value)}s` }
      const parsed = parseDuration(value)
      return parsed.ok ? { ok: true, value } : { ok: false, problem: parsed.problem }
    }
  }
}

function typeOf(node: Located): ParameterType | undefined {
  const type = scalarAt(node, 'type')
  return PARAMETER_TYPES.find((known) => known === type)
}

function scalarAt(node: Located, key: string): Value | undefined {
  const found = nodeAt(node, [key])
  return found?.kind === 'scalar' && found.value !== null ? found.value : undefined
}
