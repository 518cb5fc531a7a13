import { canonicalName, type Dns, type DnsAnswer, type DnsRecord } from './dns.ts'
import type { Kernel } from './kernel.ts'
import { SECOND, type Micros, type Vantage } from './model.ts'
import type { Table } from './store.ts'

/** TTL of "no such name" for names that no zone of this world holds. */
const ROOT_SOA: DnsRecord = {
  name: '.',
  type: 'SOA',
  ttl: 900,
  data: 'a.root-servers.net. nstld.verisign-grs.com. 2026010100 1800 900 604800 900',
}

/** A cached answer of one resolver. */
interface CacheRow {
  readonly answer: DnsAnswer
  readonly expiresAt: Micros
}

/** Whose cache is asked, and how that resolver behaves. */
export interface CacheOwner {
  /** Unique among resolvers, without `|`. */
  readonly id: string
  /** The name server this resolver prefers. */
  readonly nameServer: number
  /** The Region this resolver is in. */
  readonly region: string
  /** Factor by which TTLs are stretched; 1 obeys. */
  readonly stretch: number
  /** Whether the first answer is taken as already half-way through its life, so that caches do not expire in step. */
  readonly startsWarm: boolean
}

/** The owner of a vantage's cache: obedient, and shared with others who have asked before. */
export const vantageOwner = (vantage: Vantage): CacheOwner => {
  const known = vantageOwners.get(vantage)
  if (known !== undefined) return known
  const { name, nameServer, region } = vantage
  const owner: CacheOwner = { id: `vantage/${name}`, nameServer, region, stretch: 1, startsWarm: true }
  vantageOwners.set(vantage, owner)
  return owner
}

/** Vantages are replaced, never edited. */
const vantageOwners = new WeakMap<Vantage, CacheOwner>()

/** Recursive resolvers with positive and negative caches; TTLs run in world time. */
export class Resolvers {
  readonly vantages: Table<Vantage>
  readonly #cache: Table<CacheRow>
  readonly #kernel: Kernel
  readonly #dns: Dns

  constructor(kernel: Kernel, dns: Dns) {
    this.#kernel = kernel
    this.#dns = dns
    this.vantages = kernel.store.table('vantages')
    this.#cache = kernel.store.table('resolver-cache')
    // Dropping the row at its very instant makes everything derived from caches follow exactly then.
    kernel.on<{ key: string }>('resolver.expire', ({ key }) => {
      const row = this.#cache.get(key)
      if (row !== undefined && row.expiresAt <= kernel.now()) this.#cache.delete(key)
    })
  }

  /** Answers from the cache, or asks the authority and caches. TTLs in the answer are what is left of them. */
  lookup(owner: CacheOwner, question: string, type: string): DnsAnswer {
    const now = this.#kernel.now()
    const key = keyOf(owner, question, type)
    const cached = this.#cache.get(key)
    if (cached !== undefined && cached.expiresAt > now) return aged(cached, now)
    return this.#fetch(owner, question, type, cached)
  }

  /** The addresses that `lookup` would answer with, caching them alike. */
  addresses(owner: CacheOwner, question: string): readonly string[] {
    const cached = this.#cache.get(keyOf(owner, question, 'A'))
    if (cached !== undefined && cached.expiresAt > this.#kernel.now()) return addressesIn(cached.answer)
    return addressesIn(this.#fetch(owner, question, 'A', cached))
  }

  #fetch(owner: CacheOwner, question: string, type: string, cached: CacheRow | undefined): DnsAnswer {
    const now = this.#kernel.now()
    const key = keyOf(owner, question, type)
    const answer = this.#ask(owner, question, type)
    const ttl = lifetime(answer)
    if (ttl <= 0) return answer
    const first = owner.startsWarm && cached === undefined
    const share = first ? 0.05 + 0.95 * this.#warmth(key) : 1
    const expiresAt = now + Math.max(1, Math.round(ttl * owner.stretch * share * SECOND))
    this.#cache.put(key, { answer, expiresAt })
    this.#kernel.schedule(expiresAt, 'resolver.expire', { key })
    return answer
  }

  /** What `lookup` would answer now, without asking or caching on anybody's behalf. */
  peek(owner: CacheOwner, question: string, type: string): DnsAnswer {
    const now = this.#kernel.now()
    const cached = this.#cache.get(keyOf(owner, question, type))
    return cached !== undefined && cached.expiresAt > now
      ? aged(cached, now)
      : this.#ask(owner, question, type)
  }

  /** The status and the addresses of what `peek` would answer. */
  peekAddresses(
    owner: CacheOwner,
    question: string,
  ): { readonly status: DnsAnswer['status']; readonly addresses: readonly string[] } {
    const cached = this.#cache.get(keyOf(owner, question, 'A'))
    const isFresh = cached !== undefined && cached.expiresAt > this.#kernel.now()
    const answer = isFresh ? cached.answer : this.#ask(owner, question, 'A')
    return { status: answer.status, addresses: addressesIn(answer) }
  }

  /** The first entry of a cache is cut short once, by seed. */
  #warmth(key: string): number {
    const warmed = this.#kernel.slice<Record<string, true>>('warmed-caches', {})
    if (warmed.get()[key]) return 1
    warmed.mutate((known) => ({ ...known, [key]: true }))
    return this.#kernel.draw(`warmth:${key}`)
  }

  #ask(owner: CacheOwner, question: string, type: string): DnsAnswer {
    const answer = this.#dns.answer(owner.nameServer, question, type, owner.region)
    return answer.status === 'refused' ? { status: 'nxdomain', records: [], soa: ROOT_SOA } : answer
  }
}

const keyOf = (owner: CacheOwner, question: string, type: string): string =>
  type === 'A' ? addressKeyOf(owner, question) : `${owner.id}|${canonicalName(question)}|${type}`

/** Users ask for the same addresses every second; a key that is kept need not be put together and hashed each time. */
const addressKeys = new WeakMap<CacheOwner, Map<string, string>>()

const addressKeyOf = (owner: CacheOwner, question: string): string => {
  let keys = addressKeys.get(owner)
  if (keys === undefined) addressKeys.set(owner, (keys = new Map()))
  let key = keys.get(question)
  if (key === undefined) {
    key = `${owner.id}|${canonicalName(question)}|A`
    // Anybody may ask a resolver for anything; what users ask for is little.
    if (keys.size < ADDRESS_KEYS_MAX) keys.set(question, key)
  }
  return key
}

const ADDRESS_KEYS_MAX = 1000

/** Answers are replaced, never edited; the same list belongs to the same answer. */
const addressLists = new WeakMap<DnsAnswer, readonly string[]>()

const addressesIn = (answer: DnsAnswer): readonly string[] => {
  const known = addressLists.get(answer)
  if (known !== undefined) return known
  const addresses = answer.records.flatMap((record) => (record.type === 'A' ? [record.data] : []))
  addressLists.set(answer, addresses)
  return addresses
}

/** Seconds an answer may be kept; a negative one for min(SOA TTL, SOA minimum), RFC 2308. */
const lifetime = (answer: DnsAnswer): number => {
  if (answer.status === 'answer') return Math.min(...answer.records.map((record) => record.ttl))
  if (answer.soa === null) return 0
  const minimum = Number(answer.soa.data.split(/\s+/)[6] ?? 0)
  return Math.min(answer.soa.ttl, minimum)
}

const aged = ({ answer, expiresAt }: CacheRow, now: Micros): DnsAnswer => {
  const left = Math.max(0, Math.ceil((expiresAt - now) / SECOND))
  const age = (record: DnsRecord): DnsRecord => ({ ...record, ttl: Math.min(record.ttl, left) })
  return { ...answer, records: answer.records.map(age), soa: answer.soa && age(answer.soa) }
}
