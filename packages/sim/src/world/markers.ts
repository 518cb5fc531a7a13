import { canonicalName } from './dns.ts'
import type { Instance, Micros } from './model.ts'
import type { Stores } from './stores.ts'

/** What the application answers to a request for its data. */
export interface MarkerAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** A request as it reaches the application. */
export interface ApplicationRequest {
  readonly method: string
  readonly path: string
  /** The Host header, with or without port. */
  readonly host: string
}

const MARKERS = /^\/markers\/([A-Za-z0-9._-]{1,64})(?:\/(\d{1,12}))?$/

/**
 * The application's own write path: `PUT /markers/NAME/NUMBER` is acknowledged with 201 once the store has it,
 * `GET /markers/NAME` lists the numbers that are found, as ranges, `DELETE /markers/NAME` takes them out. Null for requests
 * that are not about markers.
 */
export const answerMarkers = (
  stores: Stores,
  instance: Instance,
  request: ApplicationRequest,
  at: Micros,
): MarkerAnswer | null => {
  const path = request.path.split('?')[0] ?? ''
  if (!path.startsWith('/markers')) return null
  const [, marker, number] = MARKERS.exec(path) ?? []
  const service = canonicalName(request.host.replace(/:\d+$/, ''))
  const store = [...stores.stores.values()].find((candidate) => candidate.service === service)
  if (marker === undefined || store === undefined)
    return { status: 404, body: { error: 'write /markers/NAME/NUMBER to a service that has a store' } }
  if (request.method === 'GET' && number === undefined) return found(stores, store.name, instance, marker)
  if (request.method === 'DELETE' && number === undefined) return takeOut(stores, store.name, marker)
  if (!['PUT', 'POST'].includes(request.method) || number === undefined)
    return { status: 405, body: { error: 'PUT /markers/NAME/NUMBER, or GET or DELETE /markers/NAME' } }
  const outcome = stores.write(store.name, `${marker}/${Number(number)}`)
  if (outcome.kind === 'unavailable') return { status: 503, body: { error: outcome.reason } }
  const acknowledgedAt = new Date(at / 1000).toISOString()
  return { status: 201, body: { marker, number: Number(number), region: outcome.region, acknowledgedAt } }
}

const takeOut = (stores: Stores, store: string, marker: string): MarkerAnswer => {
  const outcome = stores.takeOut(store, `${marker}/`)
  return outcome.kind === 'unavailable'
    ? { status: 503, body: { error: outcome.reason } }
    : { status: 200, body: { marker, region: outcome.region } }
}

const found = (stores: Stores, store: string, { region }: Instance, marker: string): MarkerAnswer => {
  const view = stores.keys(store, region, `${marker}/`)
  if (view === null) return { status: 503, body: { error: `there is no copy of ${store} in ${region}` } }
  const numbers = view.keys.map((key) => Number(key.slice(marker.length + 1))).sort((a, b) => a - b)
  return { status: 200, body: { marker, readFrom: view.from, present: rangesOf(numbers) } }
}

/** Ascending numbers as inclusive ranges. */
const rangesOf = (numbers: readonly number[]): [number, number][] => {
  const ranges: [number, number][] = []
  for (const number of numbers) {
    const last = ranges.at(-1)
    if (last && number === last[1] + 1) last[1] = number
    else ranges.push([number, number])
  }
  return ranges
}
