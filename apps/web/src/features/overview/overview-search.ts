import { MEASURES, type Measure } from './present.ts'

/** What the address of the overview holds: which figure is compared, and whose trend is shown. */
export type OverviewSearch = Readonly<{ measure?: Measure; scenario?: string; environment?: string }>

/** Reads the search part of an address; whatever makes no sense is left out. */
export function readOverviewSearch(raw: Readonly<Record<string, unknown>>): OverviewSearch {
  const { scenario, environment } = raw
  const measure = MEASURES.find((one) => one === raw['measure'])
  return {
    ...(measure === undefined ? {} : { measure }),
    ...(typeof scenario === 'string' ? { scenario } : {}),
    ...(typeof environment === 'string' ? { environment } : {}),
  }
}
