import { normalName, type RecordSet } from '../../route53/record-set.ts'

/** What the new weights add up to, roughly: fine enough for half a percent, and below Route 53's 255. */
const PARTS = 200

/** Weights with which `percent` of what one variant was sent goes to the others; or why that cannot be. */
export type Weighted = Readonly<{ ok: true; records: readonly RecordSet[] } | { ok: false; problem: string }>

/**
 * Takes a share of its traffic from the variant `set` of each name and type, and gives it to the others: in proportion to what they were
 * sent before, or alike where they were sent nothing. 0 is word for word what was captured, 100 leaves the variant a weight of 0.
 * Whoever had some share keeps one of at least 1 in 200. Pure.
 */
export function shifted(records: readonly RecordSet[], set: string, percent: number): Weighted {
  if (percent === 0) return { ok: true, records }
  const done: RecordSet[] = []
  for (const variants of Map.groupBy(records, nameAndType).values()) {
    const total = weightOf(variants)
    const type = variants[0]?.Type ?? ''
    const from = variants.find(({ SetIdentifier }) => SetIdentifier === set)
    const others = variants.filter((one) => one !== from)
    if (from === undefined) return { ok: false, problem: `no ${type} variant is called ${set}` }
    if (others.length === 0) return { ok: false, problem: `${set} is the only ${type} variant` }
    if ((from.Weight ?? 0) === 0) return { ok: false, problem: `variant ${set} is sent nothing` }
    const moved = ((from.Weight ?? 0) / total) * (percent / 100)
    const before = weightOf(others)
    done.push(
      ...variants.map((one) => {
        const had = (one.Weight ?? 0) / total
        if (one === from) return { ...one, Weight: partsOf(had - moved) }
        const part = before === 0 ? 1 / others.length : (one.Weight ?? 0) / before
        return { ...one, Weight: partsOf(had + moved * part) }
      }),
    )
  }
  return { ok: true, records: done }
}

/** What has shares of its own: a name and type, however many variants it has. */
export function nameAndType({ Name, Type }: RecordSet): string {
  return `${normalName(Name)} ${Type}`
}

function weightOf(records: readonly RecordSet[]): number {
  return records.reduce((sum, { Weight = 0 }) => sum + Weight, 0)
}

/** A difference of two floats that ought to be nothing is nothing. */
function partsOf(share: number): number {
  return share < 1e-9 ? 0 : Math.max(1, Math.round(share * PARTS))
}
