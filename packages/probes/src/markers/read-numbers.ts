import { mergeRanges, type MarkerAnswer, type MarkerAnswerKind, type MarkerRanges } from '@firedrill/core'

/** The numbers of a JSON answer. Whatever is not plainly a list of numbers is no answer, and never an empty list. */
export function readNumbers(
  body: string,
  { path, holds }: Readonly<{ path: string; holds: MarkerAnswerKind }>,
): MarkerAnswer<MarkerRanges> {
  let found: unknown
  try {
    found = JSON.parse(body)
  } catch {
    return { ok: false, detail: 'the answer is not JSON' }
  }
  for (const key of path === '' ? [] : path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key))
      return { ok: false, detail: `the answer has no ${path}` }
    found = (found as Record<string, unknown>)[key]
  }
  const ranges = rangesOf(found, holds)
  const where = path === '' ? 'the answer' : path
  return ranges === undefined
    ? { ok: false, detail: `${where} holds no ${holds}` }
    : { ok: true, value: mergeRanges(ranges) }
}

function rangesOf(found: unknown, holds: MarkerAnswerKind): MarkerRanges | undefined {
  switch (holds) {
    case 'highest': {
      if (found === null) return []
      const highest = numberOf(found)
      return highest === undefined ? undefined : [[0, highest]]
    }
    case 'numbers':
      return listOf(found, (item) => {
        const number = numberOf(item)
        return number === undefined ? undefined : [number, number]
      })
    case 'ranges':
      return listOf(found, (item) => {
        const [from, to] = Array.isArray(item) && item.length === 2 ? item.map(numberOf) : []
        return from === undefined || to === undefined || to < from ? undefined : [from, to]
      })
  }
}

function listOf(
  found: unknown,
  read: (item: unknown) => readonly [number, number] | undefined,
): MarkerRanges | undefined {
  if (!Array.isArray(found)) return undefined
  const ranges = found.map(read)
  return ranges.every((range) => range !== undefined) ? ranges : undefined
}

/** Databases hand out big integers as text. */
function numberOf(item: unknown): number | undefined {
  const number = typeof item === 'string' && /^\d{1,15}$/.test(item) ? Number(item) : item
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}
