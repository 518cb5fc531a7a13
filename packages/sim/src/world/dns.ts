import type { Balancers } from './balancers.ts'
import { chooseRecords } from './dns-routing.ts'
import type { Kernel } from './kernel.ts'
import {
  recordKey,
  SECOND,
  type Micros,
  type RecordChange,
  type RecordSet,
  type Zone,
  type ZoneChange,
} from './model.ts'
import { ROUTING_SLOT } from './balancers.ts'
import type { Table } from './store.ts'

/** Route 53 serves each zone from four name servers. */
export const NAME_SERVER_COUNT = 4

/** TTL of a load balancer's own name. */
const BALANCER_TTL = 60

/** One record of an answer; data in presentation format. */
export interface DnsRecord {
  readonly name: string
  readonly type: string
  readonly ttl: number
  readonly data: string
}

/** What a name server says to one question. `soa` accompanies negative answers. */
export interface DnsAnswer {
  readonly status: 'answer' | 'nodata' | 'nxdomain' | 'refused'
  readonly records: readonly DnsRecord[]
  readonly soa: DnsRecord | null
}

interface PublishEvent {
  readonly nameServer: number
  readonly changes: readonly RecordChange[]
}

interface HealthEvent {
  readonly nameServer: number
  readonly healthCheckId: string
  readonly healthy: boolean
}

const nameKey = (nameServer: number, name: string): string => `${nameServer}|${name}`

/** Lower case, with a trailing dot. */
export const canonicalName = (name: string): string => {
  const lower = name.toLowerCase()
  return lower.endsWith('.') ? lower : `${lower}.`
}

/** Zones: what the API shows at once, and what each name server serves a little later. */
export class Dns {
  readonly zones: Table<Zone>
  /** The control plane's view, which includes changes that are still PENDING. */
  readonly recordSets: Table<RecordSet>
  readonly changes: Table<ZoneChange>
  readonly #served: Table<RecordSet>
  readonly #health: Table<boolean>
  readonly #publishedUntil: Table<Micros>
  readonly #kernel: Kernel
  readonly #balancers: Balancers
  readonly #index = new Map<string, Map<string, RecordSet>>()

  constructor(kernel: Kernel, balancers: Balancers) {
    this.#kernel = kernel
    this.#balancers = balancers
    this.zones = kernel.store.table('zones')
    this.recordSets = kernel.store.table('record-sets')
    this.changes = kernel.store.table('zone-changes')
    this.#served = kernel.store.table('served-records')
    this.#health = kernel.store.table('served-health')
    this.#publishedUntil = kernel.store.table('published-until')
    for (const [key, record] of this.#served.entries()) this.#indexPut(Number(key.slice(0, 1)), record)
    kernel.on<PublishEvent>('dns.publish', ({ nameServer, changes }) => {
      for (const change of changes) this.#apply(nameServer, change)
    })
    kernel.on<{ changeId: string }>('dns.insync', ({ changeId }) => this.#insync(changeId))
    kernel.on<HealthEvent>('dns.health', ({ nameServer, healthCheckId, healthy }) => {
      this.#health.put(`${nameServer}|${healthCheckId}`, healthy)
    })
  }

  /** Puts a zone with its records as they have long been: served everywhere, no change pending. */
  plant(zone: Zone, records: readonly RecordSet[]): void {
    this.zones.put(zone.id, zone)
    for (const record of records) {
      this.recordSets.put(recordKey(record), record)
      for (let server = 0; server < NAME_SERVER_COUNT; server += 1)
        this.#apply(server, { action: 'put', record })
    }
  }

  /**
   * Submits a batch that the caller has validated. The control plane's view changes at once, each name server follows
   * after its own delay, and the change is INSYNC when the last has (5–60 s, mostly 20–30 s).
   */
  change(
    zoneId: string,
    changes: readonly RecordChange[],
    comment: string | null,
    cause: string,
    isOfZone = false,
  ): ZoneChange {
    const kernel = this.#kernel
    const before = new Map<string, string>()
    for (const { action, record } of changes) {
      const key = recordKey(record)
      if (!before.has(key)) before.set(key, describe(this.recordSets.get(key)))
      if (action === 'put') this.recordSets.put(key, record)
      else this.recordSets.delete(key)
    }
    // A batch takes effect as a whole: a record that is deleted and created in one was never absent.
    for (const [key, was] of before)
      kernel.transition(`record:${key}`, was, describe(this.recordSets.get(key)), cause)
    const change: ZoneChange = {
      id: `C${kernel.hex('change', 20).toUpperCase()}`,
      zoneId,
      status: 'PENDING',
      submittedAt: kernel.now(),
      insyncAt: null,
      comment,
      ...(isOfZone ? { isOfZone } : {}),
    }
    this.changes.put(change.id, change)
    const total = this.#propagationDelay()
    let last = kernel.now()
    for (let nameServer = 0; nameServer < NAME_SERVER_COUNT; nameServer += 1) {
      const slot = `${zoneId}|${nameServer}`
      const share = 0.25 + 0.7 * kernel.draw(`publish:${slot}`)
      const at = Math.max(
        kernel.now() + Math.round(total * share),
        (this.#publishedUntil.get(slot) ?? 0) + SECOND,
      )
      this.#publishedUntil.put(slot, at)
      kernel.schedule(at, 'dns.publish', { nameServer, changes } satisfies PublishEvent)
      last = Math.max(last, at)
    }
    kernel.schedule(Math.max(kernel.now() + total, last + SECOND), 'dns.insync', { changeId: change.id })
    return change
  }

  /** Lets the name servers know a health check's result; they follow within a few seconds. */
  publishHealth(healthCheckId: string, healthy: boolean): void {
    for (let nameServer = 0; nameServer < NAME_SERVER_COUNT; nameServer += 1) {
      const delay = this.#kernel.drawSeconds(`health-propagation:${nameServer}`, 3, 12)
      this.#kernel.after(delay, 'dns.health', { nameServer, healthCheckId, healthy } satisfies HealthEvent)
    }
  }

  /** Record sets of a zone as the API shows them, unordered. */
  recordsOf(zoneId: string): RecordSet[] {
    return [...this.recordSets.values()].filter((record) => record.zoneId === zoneId)
  }

  /** The zone that is authoritative for a name, if any: the longest match. */
  zoneOf(name: string): Zone | undefined {
    let best: Zone | undefined
    for (const zone of this.zones.values())
      if (
        zone.vpcs === undefined &&
        (name === zone.name || name.endsWith(`.${zone.name}`)) &&
        zone.name.length > (best?.name.length ?? 0)
      )
        best = zone
    return best
  }

  /**
   * What a name server answers at this instant; aliases and in-zone CNAMEs are followed. `from` is the Region of the
   * resolver that asks, for the routing policies that care.
   */
  answer(nameServer: number, question: string, type: string, from: string | null = null): DnsAnswer {
    const name = canonicalName(question)
    const balancer = this.#balancers.byDnsName(name)
    if (balancer) return this.#balancerAnswer(name, type, balancer.dnsName)
    const zone = this.zoneOf(name)
    if (zone === undefined) return { status: 'refused', records: [], soa: null }
    const soa = this.#soa(nameServer, zone)
    const sets = this.#setsAt(nameServer, zone, name)
    if (sets === null) return { status: 'nxdomain', records: [], soa }
    const cname = sets.find((record) => record.type === 'CNAME')
    if (cname && type !== 'CNAME') return this.#follow(nameServer, name, type, cname, from)
    const chosen = chooseRecords(
      sets.filter((record) => record.type === type),
      {
        region: from,
        slot: Math.floor(this.#kernel.now() / ROUTING_SLOT),
        isHealthy: (record) => this.#isHealthy(nameServer, record),
      },
    )
    const records = chosen.flatMap((record) => this.#expand(nameServer, name, record, from))
    return records.length === 0
      ? { status: 'nodata', records, soa }
      : { status: 'answer', records, soa: null }
  }

  #follow(nameServer: number, name: string, type: string, cname: RecordSet, from: string | null): DnsAnswer {
    const target = canonicalName(cname.values[0] ?? '')
    const link: DnsRecord = { name, type: 'CNAME', ttl: cname.ttl ?? 0, data: target }
    if (target === name) return { status: 'answer', records: [link], soa: null }
    const rest = this.answer(nameServer, target, type, from)
    return rest.status === 'answer'
      ? { ...rest, records: [link, ...rest.records] }
      : { status: rest.status === 'refused' ? 'answer' : rest.status, records: [link], soa: rest.soa }
  }

  #expand(nameServer: number, name: string, record: RecordSet, from: string | null): DnsRecord[] {
    if (record.alias === null)
      return record.values.map((data) => ({ name, type: record.type, ttl: record.ttl ?? 0, data }))
    const target = this.answer(nameServer, record.alias.dnsName, record.type, from)
    return target.records.map((found) => ({ ...found, name }))
  }

  #isHealthy(nameServer: number, record: RecordSet): boolean {
    if (record.healthCheckId !== null && this.#health.get(`${nameServer}|${record.healthCheckId}`) === false)
      return false
    return !record.alias?.evaluateTargetHealth || this.#balancers.hasHealthyTarget(record.alias.dnsName)
  }

  /** Sets at a name (or its wildcard), an empty list for a name that only has children, null for none. */
  #setsAt(nameServer: number, zone: Zone, name: string): RecordSet[] | null {
    const exact = this.#index.get(nameKey(nameServer, name))
    if (exact && exact.size > 0) return [...exact.values()]
    for (const [key, sets] of this.#index)
      if (sets.size > 0 && key.startsWith(`${nameServer}|`) && key.endsWith(`.${name}`)) return []
    for (let parent = name; parent !== zone.name;) {
      parent = parent.slice(parent.indexOf('.') + 1)
      const wild = this.#index.get(nameKey(nameServer, `*.${parent}`))
      if (wild && wild.size > 0) return [...wild.values()]
    }
    return null
  }

  #soa(nameServer: number, zone: Zone): DnsRecord | null {
    for (const record of this.#index.get(nameKey(nameServer, zone.name))?.values() ?? [])
      if (record.type === 'SOA')
        return { name: zone.name, type: 'SOA', ttl: record.ttl ?? 0, data: record.values[0] ?? '' }
    return null
  }

  #balancerAnswer(name: string, type: string, dnsName: string): DnsAnswer {
    const balancer = this.#balancers.byDnsName(dnsName)
    const nodes = balancer ? this.#balancers.nodes.inDns(balancer) : []
    const zone = dnsName.slice(dnsName.indexOf('.') + 1)
    const soa = `ns-1.awsdns-hostmaster.amazon.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 60`
    if (type !== 'A')
      return {
        status: 'nodata',
        records: [],
        soa: { name: `${zone}.`, type: 'SOA', ttl: BALANCER_TTL, data: soa },
      }
    const records = nodes.map(({ address }) => ({ name, type, ttl: BALANCER_TTL, data: address }))
    return { status: 'answer', records, soa: null }
  }

  #apply(nameServer: number, { action, record }: RecordChange): void {
    const key = `${nameServer}|${recordKey(record)}`
    const before = this.#served.get(key)
    if (action === 'put') {
      this.#served.put(key, record)
      this.#indexPut(nameServer, record)
    } else {
      this.#served.delete(key)
      this.#index.get(nameKey(nameServer, record.name))?.delete(recordKey(record))
    }
    this.#kernel.transition(
      `served:${key}`,
      describe(before),
      action === 'put' ? describe(record) : 'absent',
      'published',
    )
  }

  #indexPut(nameServer: number, record: RecordSet): void {
    const key = nameKey(nameServer, record.name)
    const sets = this.#index.get(key) ?? new Map<string, RecordSet>()
    sets.set(recordKey(record), record)
    this.#index.set(key, sets)
  }

  #insync(changeId: string): void {
    const change = this.changes.get(changeId)
    if (change === undefined) return
    this.changes.put(changeId, { ...change, status: 'INSYNC', insyncAt: this.#kernel.now() })
    this.#kernel.transition(`change:${changeId}`, 'PENDING', 'INSYNC', 'all name servers serve it')
  }

  #propagationDelay(): Micros {
    const draw = (): number => this.#kernel.draw('propagation')
    const tail = draw() < 0.05 ? 18 * draw() : 0
    return Math.round((8 + 34 * ((draw() + draw() + draw()) / 3) + tail) * SECOND)
  }
}

const describe = (record: RecordSet | undefined): string => {
  if (record === undefined) return 'absent'
  const values = record.alias ? `alias ${record.alias.dnsName}` : record.values.join(' ')
  return `${record.type} ${record.ttl ?? '-'} ${values} hc=${record.healthCheckId ?? '-'}`
}
