/** One of the five fields. `last` says whether and how `L` may stand in it. */
export type CronField = Readonly<{
  name: string
  min: number
  max: number
  /** Names of values, the first for `min`. */
  names: readonly string[]
  last?: 'alone' | 'after-day'
}>

/** A field, read. `nth` are weekdays bound to one week of the month; -1 is the last. */
export type FieldResult = Readonly<
  | {
      ok: true
      values: ReadonlySet<number>
      isLast: boolean
      nth: readonly Readonly<{ value: number; nth: number }>[]
    }
  | { ok: false; problem: string }
>

class FieldProblem extends Error {}

/** Reads a list of values, ranges and steps. */
export function readField(text: string, field: CronField): FieldResult {
  const values = new Set<number>()
  const nth: { value: number; nth: number }[] = []
  let isLast = false
  try {
    for (const item of text.split(',')) {
      if (field.last === 'alone' && item === 'l') isLast = true
      else if (field.last === 'after-day' && /^.+(?:l|#[1-5])$/.test(item)) nth.push(nthDay(item, field))
      else for (const value of range(item, field)) values.add(value)
    }
  } catch (error) {
    if (error instanceof FieldProblem) return { ok: false, problem: error.message }
    throw error
  }
  return { ok: true, values, isLast, nth }
}

function nthDay(item: string, field: CronField): { value: number; nth: number } {
  const [day = '', nth] = item.endsWith('l') ? [item.slice(0, -1), '-1'] : item.split('#')
  return { value: valueOf(day, item, field), nth: Number(nth) }
}

function range(item: string, field: CronField): readonly number[] {
  const [, span = '', step] = /^([^/]*)(?:\/(\d{1,4}))?$/.exec(item) ?? []
  if (span === '') throw wrong(item, field)
  const by = step === undefined ? 1 : Number(step)
  if (by < 1) throw new FieldProblem(`the ${field.name} ${item} steps by 0; write a step of 1 or more`)
  const [from, to] = ends(span, item, field, step !== undefined)
  const values: number[] = []
  for (let value = from; value <= to; value += by) values.push(value)
  return values
}

function ends(span: string, item: string, field: CronField, isStepped: boolean): readonly [number, number] {
  // A seventh day of the week is Sunday once more, so a star that steps stops before it.
  if (span === '*' || span === '?') return [field.min, field.name === 'day of week' ? 6 : field.max]
  const [first = '', second, more] = span.split('-')
  if (more !== undefined) throw wrong(item, field)
  const from = valueOf(first, item, field)
  if (second === undefined) return [from, isStepped ? field.max : from]
  const to = valueOf(second, item, field)
  // Sunday ends a week as well as it begins one: fri-sun.
  if (to === 0 && field.name === 'day of week' && from > 0) return [from, 7]
  if (to < from) {
    throw new FieldProblem(
      `the ${field.name} ${item} runs backwards; write ${first}-${label(field.max, field)},${label(field.min, field)}-${second}`,
    )
  }
  return [from, to]
}

function label(value: number, { names, min }: CronField): string {
  return names[value - min] ?? String(value)
}

function valueOf(text: string, item: string, field: CronField): number {
  const named = field.names.indexOf(text)
  if (named >= 0) return named + field.min
  const value = Number(text)
  if (!/^\d{1,4}$/.test(text) || value < field.min || value > field.max) throw wrong(item, field)
  return value
}

function wrong(item: string, { name, min, max, names }: CronField): FieldProblem {
  const or = names.length === 0 ? '' : `, or ${names[0]} to ${names.at(-1)}`
  return new FieldProblem(`the ${name} "${item}" is none; it is ${min} to ${max}${or}`)
}
