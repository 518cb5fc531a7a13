import { isMap, parseDocument } from 'yaml'

/** What was asked for, and why it cannot be: or the text of the scenario that it makes. */
export type SetParameters = Readonly<
  { ok: true; name: string; text: string } | { ok: false; problem: string }
>

const NAME_MAX = 63

/**
 * The same scenario with other defaults of its parameters, under a name that tells them: `instance-kill-objective-2m`. Everything
 * else of the text stays, comments too. A parameter of a parent may be set as well; whether there is one of that name only
 * compiling tells then. The text must be a scenario that compiles.
 */
export function setParameters(text: string, values: Readonly<Record<string, string>>): SetParameters {
  const document = parseDocument(text)
  const base = document.getIn(['metadata', 'name'])
  const declared = document.getIn(['spec', 'parameters'])
  const known = isMap(declared) ? declared.items.map(({ key }) => String(key)) : []
  const isExtending = document.hasIn(['spec', 'extends'])
  const unknown = Object.keys(values).find((name) => !known.includes(name))
  if (typeof base !== 'string') return { ok: false, problem: 'the scenario has no name' }
  if (unknown !== undefined && !isExtending) {
    const there = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`
    return { ok: false, problem: `${base} has no parameter ${unknown}; ${there}` }
  }
  const name = variantName(base, values)
  document.setIn(['metadata', 'name'], name)
  for (const [parameter, value] of Object.entries(values))
    document.setIn(['spec', 'parameters', parameter, 'default'], value)
  return { ok: true, name, text: document.toString({ lineWidth: 0 }) }
}

/** Names are cut at what names may have; what was cut is no part of what is run, only of what it is called. */
function variantName(base: string, values: Readonly<Record<string, string>>): string {
  const words = Object.entries(values).flatMap(([name, value]) => [name, value])
  return [base, ...words]
    .map((word) =>
      word
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-+|-+$/g, ''),
    )
    .join('-')
    .slice(0, NAME_MAX)
    .replace(/-+$/, '')
}
