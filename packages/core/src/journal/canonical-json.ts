/** Anything that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * RFC 8785 canonical JSON: keys sorted by UTF-16 code units, no white space, numbers as ECMAScript prints them.
 * Members whose value is undefined are left out, as JSON.stringify does.
 * @throws TypeError on values JSON cannot hold (NaN, Infinity, bigint, functions), naming the path.
 */
export function canonicalJson(value: unknown): string {
  const text = textOf(value)
  if (text !== undefined) return text
  // Where all is well nobody pays for knowing the way to it.
  throw new TypeError(misfit(value, '$') ?? '$: has no JSON form')
}

/** The text of a value; undefined when something in it has no JSON form. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : undefined
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (value === null) return 'null'
  if (Array.isArray(value)) return textOfArray(value)
  return typeof value === 'object' ? textOfObject(value) : undefined
}

function textOfArray(items: readonly unknown[]): string | undefined {
  const texts: string[] = []
  for (const item of items) {
    const text = textOf(item)
    if (text === undefined) return undefined
    texts.push(text)
  }
  return `[${texts.join(',')}]`
}

function textOfObject(value: object): string | undefined {
  const members = value as Readonly<Record<string, unknown>>
  const texts: string[] = []
  for (const key of Object.keys(members).toSorted()) {
    if (members[key] === undefined) continue
    const text = textOf(members[key])
    if (text === undefined) return undefined
    texts.push(`${JSON.stringify(key)}:${text}`)
  }
  return `{${texts.join(',')}}`
}

/** The first thing without a JSON form, with its path. */
function misfit(value: unknown, path: string): string | undefined {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) {
      const found = misfit(item, `${path}[${i}]`)
      if (found !== undefined) return found
    }
    return undefined
  }
  if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      const found = member === undefined ? undefined : misfit(member, `${path}.${key}`)
      if (found !== undefined) return found
    }
    return undefined
  }
  if (typeof value === 'number')
    return Number.isFinite(value) ? undefined : `${path}: ${value} has no JSON form`
  return textOf(value) === undefined ? `${path}: a ${typeof value} has no JSON form` : undefined
}
