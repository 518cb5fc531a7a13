import { ROUTING_SLOT, type Balancers } from './balancers.ts'
import type { Certificates } from './certificates.ts'
import type { Outcome } from './fates.ts'
import type { Kernel } from './kernel.ts'
import type { Micros, Service } from './model.ts'
import { vantageOwner, type Resolvers } from './resolvers.ts'
import type { Log, Table } from './store.ts'

/** What a fresh client at a vantage would have met from `at` on. */
interface TruthEntry {
  readonly at: Micros
  readonly vantage: string
  readonly service: string
  readonly dns: string
  readonly addresses: readonly string[]
  /** One letter per routing slot, taken in turn: `u` up, `d` down. */
  readonly pattern: string
}

/** The things that may be asked about: a whole request, or the name alone. */
export const TRUTH_CLAIMS = ['http', 'dns'] as const
/** One claim. */
export type TruthClaim = (typeof TRUTH_CLAIMS)[number]

/** A stretch of time [from, to) in which every fresh client fares alike. */
export interface TruthInterval {
  readonly from: Micros
  readonly to: Micros
  readonly state: 'up' | 'down'
}

/**
 * The witness. After every change in the world it notes, for each vantage and service, whether a client that started
 * now (fresh connection, that vantage's resolver) would succeed. It follows the world's state alone; no probe is asked.
 */
export class Truth {
  readonly #kernel: Kernel
  readonly #resolvers: Resolvers
  readonly #balancers: Balancers
  readonly #certificates: Certificates
  readonly #services: Table<Service>
  readonly #entries: Log<TruthEntry>
  /** What was seen last, by service and vantage. */
  readonly #latest = new Map<string, Map<string, TruthEntry>>()

  constructor(kernel: Kernel, resolvers: Resolvers, balancers: Balancers, certificates: Certificates) {
    this.#certificates = certificates
    this.#kernel = kernel
    this.#resolvers = resolvers
    this.#balancers = balancers
    this.#services = kernel.store.table('services')
    this.#entries = kernel.store.log('truth')
    for (const entry of this.#entries.all()) this.#remember(entry)
    kernel.onSettle(() => this.#observe())
  }

  /** Up and down of a service as seen from a vantage, within [from, to) and not beyond now. Null for unknown names. */
  intervals(query: {
    vantage: string
    service: string
    from: Micros
    to: Micros
    claim: TruthClaim
  }): TruthInterval[] | null {
    const entries = this.#entries
      .all()
      .filter((entry) => entry.vantage === query.vantage && entry.service === query.service)
    if (entries.length === 0) return null
    const end = Math.min(query.to, this.#kernel.now())
    const found: TruthInterval[] = []
    entries.forEach((entry, index) => {
      const from = Math.max(query.from, entry.at)
      const to = Math.min(end, entries[index + 1]?.at ?? end)
      for (const interval of expand(entry, query.claim, from, to)) join(found, interval)
    })
    return found
  }

  #observe(): void {
    for (const service of this.#services.values())
      for (const vantage of this.#resolvers.vantages.values()) {
        const { status, addresses } = this.#resolvers.peekAddresses(vantageOwner(vantage), service.name)
        const [address] = addresses
        const pattern =
          address && this.#isTrusted(address, service)
            ? patternOf(this.#balancers.fates(address, service.port))
            : 'd'
        this.#note(vantage.name, service.name, { dns: status, addresses, pattern })
      }
  }

  #isTrusted(address: string, { name, port }: Service): boolean {
    const arn = this.#balancers.certificateArnAt(address, port)
    return arn === null || this.#certificates.satisfies(arn, name)
  }

  #note(vantage: string, service: string, seen: Pick<TruthEntry, 'dns' | 'addresses' | 'pattern'>): void {
    const known = this.#latest.get(service)?.get(vantage)
    const isNew = known === undefined || !isAlike(known, seen)
    if (!isNew && known.addresses === seen.addresses) return
    const entry = { at: this.#kernel.now(), vantage, service, ...seen }
    if (isNew) this.#entries.append(entry)
    // Where the same addresses were looked up anew, it is the new list that the next look is compared with.
    this.#remember(entry)
  }

  #remember(entry: TruthEntry): void {
    const known = this.#latest.get(entry.service) ?? new Map<string, TruthEntry>()
    this.#latest.set(entry.service, known.set(entry.vantage, entry))
  }
}

const isAlike = (known: TruthEntry, seen: Pick<TruthEntry, 'dns' | 'addresses' | 'pattern'>): boolean =>
  known.pattern === seen.pattern &&
  known.dns === seen.dns &&
  (known.addresses === seen.addresses || known.addresses.join() === seen.addresses.join())

/** Lists of fates are kept while nothing changes, and so is what follows from them. */
const patterns = new WeakMap<readonly Outcome[], string>()

const patternOf = (fates: readonly Outcome[]): string => {
  let found = patterns.get(fates)
  if (found === undefined) {
    const letters = fates.map(letter).join('') || 'd'
    found = letters.includes('u') && letters.includes('d') ? letters : letters.slice(0, 1)
    patterns.set(fates, found)
  }
  return found
}

const letter = (fate: Outcome): string => (fate.kind === 'answer' && fate.status < 400 ? 'u' : 'd')

function* expand(entry: TruthEntry, claim: TruthClaim, from: Micros, to: Micros): Iterable<TruthInterval> {
  if (from >= to) return
  if (claim === 'dns') {
    yield { from, to, state: entry.dns === 'answer' ? 'up' : 'down' }
    return
  }
  if (entry.pattern.length === 1) {
    yield { from, to, state: entry.pattern === 'u' ? 'up' : 'down' }
    return
  }
  for (let at = from; at < to;) {
    const slot = Math.floor(at / ROUTING_SLOT)
    const end = Math.min(to, (slot + 1) * ROUTING_SLOT)
    yield { from: at, to: end, state: entry.pattern[slot % entry.pattern.length] === 'u' ? 'up' : 'down' }
    at = end
  }
}

const join = (intervals: TruthInterval[], next: TruthInterval): void => {
  const last = intervals.at(-1)
  if (last && last.to === next.from && last.state === next.state)
    intervals[intervals.length - 1] = { ...last, to: next.to }
  else intervals.push(next)
}
