import type { Compute } from './compute.ts'
import type { Kernel } from './kernel.ts'
import type { Micros } from './model.ts'
import { SECOND } from './model.ts'
import type { Places } from './places.ts'
import { lossesOf, type StoreLosses } from './store-losses.ts'
import {
  type DataStore,
  type Replica,
  replicaKey,
  type Stranding,
  type Write,
  type WriteOutcome,
} from './store-model.ts'
import type { Log, Table } from './store.ts'

const CHECK_EVERY: Micros = SECOND

/**
 * Data that lives in more than one Region. A write is acknowledged by the writer and applied elsewhere later, in order;
 * what a new writer had not received when it took over is lost, until its old one comes back and it is merged.
 */
export class Stores {
  readonly stores: Table<DataStore>
  readonly replicas: Table<Replica>
  readonly strandings: Log<Stranding>
  readonly writes: Log<Write>
  /** `${store}|${prefix}` → up to which entry the keys with that prefix were taken out. The witness's list keeps them. */
  readonly #takenOut: Table<{ readonly through: number }>
  readonly #merges: Table<Pick<Stranding, 'mergedAt' | 'conflicts'>>
  readonly #kernel: Kernel
  readonly #compute: Compute
  readonly #places: Places
  readonly #listeners: ((replica: Replica, write: Write) => void)[] = []

  constructor(kernel: Kernel, compute: Compute, places: Places) {
    this.#kernel = kernel
    this.#compute = compute
    this.#places = places
    this.stores = kernel.store.table('stores')
    this.replicas = kernel.store.table('replicas')
    this.writes = kernel.store.log('writes')
    this.strandings = kernel.store.log('strandings')
    this.#takenOut = kernel.store.table('taken-out')
    this.#merges = kernel.store.table('merges')
    kernel.on<{ store: string }>('store.second', ({ store }) => this.#second(store))
    kernel.on<{ key: string; seq: number }>('store.apply', ({ key, seq }) => this.#apply(key, seq))
    kernel.on<{ key: string }>('store.backup', ({ key }) => this.#backup(key))
    kernel.on<{ store: string; lostAt: Micros }>('store.promote', ({ store, lostAt }) => {
      if (this.stores.get(store)?.writerLostAt !== lostAt || this.#promoteFurthest(store)) return
      // Nobody is there to take over yet; whoever comes up first, such as a group that is scaled out, does.
      kernel.after(CHECK_EVERY, 'store.promote', { store, lostAt })
    })
    kernel.on<{ index: number }>('store.merge', ({ index }) => this.#merge(index))
  }

  /** Adds a store with its replicas, as it has long been: nothing written that anybody asks about, no backlog. */
  plant(store: DataStore, replicas: readonly Replica[]): void {
    this.stores.put(store.name, store)
    this.#kernel.after(CHECK_EVERY, 'store.second', { store: store.name })
    for (const replica of replicas) {
      const key = replicaKey(replica.store, replica.region)
      this.replicas.put(key, replica)
      if (replica.backupEverySeconds !== null)
        this.#kernel.after(
          Math.round(replica.backupEverySeconds * SECOND * this.#kernel.draw(`backup:${key}`)),
          'store.backup',
          { key },
        )
    }
  }

  /** Calls `listener` on every write that has arrived at a copy. */
  onApplied(listener: (replica: Replica, write: Write) => void): void {
    this.#listeners.push(listener)
  }

  /** How old the first write is that a copy has not received; 0 when it has them all, null when either side is gone. */
  behind(replica: Replica): Micros | null {
    const store = this.stores.get(replica.store)
    if (store === undefined || this.#places.isRegionDown(replica.region)) return null
    if (!this.isUp(store, store.writer)) return null
    const next = this.#after(replica)
    return next === undefined ? 0 : this.#kernel.now() - next.at
  }

  /** Whether a Region's copy can be worked with. */
  isUp(store: DataStore, region: string): boolean {
    if (this.#places.isRegionDown(region)) return false
    return !store.runsOnHosts || this.#compute.inRegion(region).some(({ hostUp }) => hostUp)
  }

  /** Writes through the application of any Region; the acknowledgement is on the witness's list before anybody hears it. */
  write(name: string, key: string): WriteOutcome {
    const store = this.stores.get(name)
    if (store === undefined) return { kind: 'unavailable', reason: `no store ${name}` }
    if (!this.isUp(store, store.writer))
      return { kind: 'unavailable', reason: `the writer in ${store.writer} does not answer` }
    return { kind: 'acknowledged', seq: this.#append(store, key, 1), region: store.writer }
  }

  /** Takes out every key with a prefix. Every copy forgets them at once, those that only a lost writer has included. */
  takeOut(name: string, prefix: string): WriteOutcome {
    const store = this.stores.get(name)
    if (store === undefined) return { kind: 'unavailable', reason: `no store ${name}` }
    if (!this.isUp(store, store.writer))
      return { kind: 'unavailable', reason: `the writer in ${store.writer} does not answer` }
    const through = this.writes.length - 1
    this.#takenOut.put(`${name}|${prefix}`, { through })
    return { kind: 'acknowledged', seq: through, region: store.writer }
  }

  /** The keys that a Region's application finds: in the writer if that is up, in its own copy otherwise; null for no copy. */
  keys(
    name: string,
    region: string,
    prefix: string,
  ): { readonly from: string; readonly keys: string[] } | null {
    const store = this.stores.get(name)
    if (store === undefined) return null
    const from = this.isUp(store, store.writer) ? store.writer : region
    const replica = this.replicas.get(replicaKey(name, from))
    if (from !== store.writer && (replica === undefined || !this.isUp(store, from))) return null
    const upTo = from === store.writer ? Infinity : (replica?.applied ?? -1)
    const missing = this.lost(name)
    const after = this.#takenOut.get(`${name}|${prefix}`)?.through ?? -1
    const found = new Set<string>()
    for (const { seq, store: owner, key } of this.writes.all())
      if (
        owner === name &&
        key !== null &&
        key.startsWith(prefix) &&
        seq > after &&
        seq <= upTo &&
        !missing.has(seq)
      )
        found.add(key)
    return { from, keys: [...found] }
  }

  /** Sequence numbers of acknowledged writes that the writer does not have now. */
  lost(name: string): ReadonlySet<number> {
    const lost = new Set<number>()
    this.#strandingsOf(name).forEach(({ after, through, mergedAt, conflicts }) => {
      for (const { seq, store, key } of this.writes.all())
        if (store === name && seq > after && seq <= through)
          if (mergedAt === null || (key !== null && conflicts.includes(key))) lost.add(seq)
    })
    return lost
  }

  /** What the witness knows about a store's writes; null for an unknown one. */
  losses(name: string): StoreLosses | null {
    const store = this.stores.get(name)
    if (store === undefined) return null
    const writes = this.writes.all().filter((write) => write.store === name)
    const replicas = [...this.replicas.values()].filter((replica) => replica.store === name)
    return lossesOf({ store, writes, replicas, strandings: this.#strandingsOf(name), lost: this.lost(name) })
  }

  /** Stops or resumes what a Region's copy receives. False for an unknown one. */
  setPaused(name: string, region: string, isPaused: boolean, cause: string): boolean {
    const key = replicaKey(name, region)
    const replica = this.replicas.get(key)
    if (replica === undefined) return false
    if (replica.isPaused === isPaused) return true
    this.replicas.put(key, { ...replica, isPaused })
    const word = (paused: boolean): string => (paused ? 'paused' : 'following')
    this.#kernel.transition(`replica:${key}`, word(!isPaused), word(isPaused), cause)
    this.#follow(key)
    return true
  }

  /** Makes a Region's copy the writer, with what it has. False for an unknown one. */
  promote(name: string, region: string, cause: string): boolean {
    const store = this.stores.get(name)
    const replica = this.replicas.get(replicaKey(name, region))
    if (store === undefined || replica === undefined) return false
    const through = this.#latest(name)
    const isBehind = replica.applied < through
    if (isBehind) this.#strand(store, replica, through)
    this.replicas.delete(replicaKey(name, region))
    // The old writer follows the new one from now on; what was left behind is not counted as received by anybody.
    const former: Replica = {
      ...replica,
      region: store.writer,
      applied: through,
      isApplying: false,
      isPaused: false,
    }
    this.replicas.put(replicaKey(name, store.writer), former)
    this.stores.put(name, { ...store, writer: region, writerLostAt: null })
    this.#kernel.transition(`store:${name}`, store.writer, region, cause)
    return true
  }

  #strand(store: DataStore, replica: Replica, through: number): void {
    const stranding: Stranding = {
      store: store.name,
      at: this.#kernel.now(),
      from: store.writer,
      to: replica.region,
      after: replica.applied,
      through,
      mergedAt: null,
      conflicts: [],
    }
    this.strandings.append(stranding)
    const text = `${through - replica.applied} entries`
    this.#kernel.transition(`store:${store.name}:lost`, 'none', text, `not received by ${replica.region}`)
  }

  #append(store: DataStore, key: string | null, count: number): number {
    const seq = this.writes.length
    this.writes.append({ seq, store: store.name, at: this.#kernel.now(), region: store.writer, key, count })
    for (const [replicaId, replica] of this.replicas.entries())
      if (replica.store === store.name) this.#follow(replicaId)
    return seq
  }

  /** Has the next entry applied in its time, if there is one and nothing stands in its way. */
  #follow(key: string): void {
    const replica = this.replicas.get(key)
    const store = replica && this.stores.get(replica.store)
    if (replica === undefined || store === undefined) return
    if (replica.lagSeconds === null || replica.isApplying || replica.isPaused) return
    if (this.#places.isRegionDown(replica.region) || !this.isUp(store, store.writer)) return
    const next = this.#after(replica)
    if (next === undefined) return
    const [low, high] = replica.lagSeconds
    const lag = this.#kernel.drawSeconds(`lag:${key}`, low, high)
    const work = Math.round((next.count / replica.writesPerSecondMax) * SECOND)
    this.replicas.put(key, { ...replica, isApplying: true })
    // Entries are on their way side by side but arrive in order, each after the one before it.
    const at = Math.max(next.at + lag, this.#kernel.now() + work)
    this.#kernel.schedule(at, 'store.apply', { key, seq: next.seq })
  }

  #apply(key: string, seq: number): void {
    const replica = this.replicas.get(key)
    const store = replica && this.stores.get(replica.store)
    if (replica === undefined || store === undefined || !replica.isApplying) return
    const isCut =
      replica.isPaused || this.#places.isRegionDown(replica.region) || !this.isUp(store, store.writer)
    this.replicas.put(key, { ...replica, isApplying: false, applied: isCut ? replica.applied : seq })
    if (isCut) return
    const write = this.writes.all()[seq]
    if (write !== undefined) for (const listener of this.#listeners) listener(replica, write)
    this.#follow(key)
  }

  #backup(key: string): void {
    const replica = this.replicas.get(key)
    const store = replica && this.stores.get(replica.store)
    if (replica === undefined || store === undefined || replica.backupEverySeconds === null) return
    this.#kernel.after(Math.round(replica.backupEverySeconds * SECOND), 'store.backup', { key })
    if (replica.isPaused || this.#places.isRegionDown(replica.region) || !this.isUp(store, store.writer))
      return
    this.replicas.put(key, { ...replica, applied: this.#latest(replica.store) })
  }

  /** Every second: users write, the writer is looked after, replicas whose way is free again go on. */
  #second(name: string): void {
    const store = this.stores.get(name)
    if (store === undefined) return
    this.#kernel.after(CHECK_EVERY, 'store.second', { store: name })
    const isUp = this.isUp(store, store.writer)
    if (isUp && store.writesPerSecond > 0 && this.#isServing())
      this.#append(store, null, store.writesPerSecond)
    if (!isUp && store.writerLostAt === null) this.#noticeLoss(store)
    if (isUp && store.writerLostAt !== null) this.stores.put(name, { ...store, writerLostAt: null })
    for (const [key, replica] of this.replicas.entries()) if (replica.store === name) this.#follow(key)
    this.#noticeReturn(name)
  }

  #isServing(): boolean {
    for (const { appUp } of this.#compute.instances.values()) if (appUp) return true
    return false
  }

  #noticeLoss(store: DataStore): void {
    const lostAt = this.#kernel.now()
    this.stores.put(store.name, { ...store, writerLostAt: lostAt })
    if (store.promotesAfterSeconds === null) return
    const delay = this.#kernel.drawSeconds(`promote:${store.name}`, ...store.promotesAfterSeconds)
    this.#kernel.after(delay, 'store.promote', { store: store.name, lostAt })
  }

  /** Whether there was one that could take over, and did. */
  #promoteFurthest(name: string): boolean {
    const store = this.stores.get(name)
    if (store === undefined) return false
    const usable = [...this.replicas.values()]
      .filter((replica) => replica.store === name && this.isUp(store, replica.region))
      .sort((a, b) => b.applied - a.applied)
    return usable[0] !== undefined && this.promote(name, usable[0].region, 'its writer was gone')
  }

  /** A former writer that is up again hands in what it alone had, where the store's rule is to merge. */
  #noticeReturn(name: string): void {
    const store = this.stores.get(name)
    if (store?.onReturn !== 'merge') return
    this.strandings.all().forEach((stranding, index) => {
      if (stranding.store !== name || this.#merges.get(String(index)) !== undefined) return
      if (!this.isUp(store, stranding.from)) return
      this.#merges.put(String(index), { mergedAt: null, conflicts: [] })
      this.#kernel.after(this.#kernel.drawSeconds(`merge:${name}`, 5, 20), 'store.merge', { index })
    })
  }

  #merge(index: number): void {
    const stranding = this.strandings.all()[index]
    if (stranding === undefined) return
    const { store, after, through } = stranding
    const mine = this.writes.all().filter((write) => write.store === store && write.key !== null)
    const newer = new Set(mine.filter(({ seq }) => seq > through).map(({ key }) => key))
    const conflicts = mine.flatMap(({ seq, key }) =>
      seq > after && seq <= through && key !== null && newer.has(key) ? [key] : [],
    )
    this.#merges.put(String(index), { mergedAt: this.#kernel.now(), conflicts })
    const text = `merged, ${conflicts.length} in conflict`
    this.#kernel.transition(
      `store:${store}:lost`,
      `${through - after} entries`,
      text,
      `${stranding.from} is back`,
    )
  }

  #strandingsOf(name: string): Stranding[] {
    return this.strandings
      .all()
      .map((stranding, index) => ({ ...stranding, ...this.#merges.get(String(index)) }))
      .filter(({ store }) => store === name)
  }

  #latest(name: string): number {
    return this.writes.all().findLast(({ store }) => store === name)?.seq ?? -1
  }

  #after(replica: Replica): Write | undefined {
    const all = this.writes.all()
    for (let seq = replica.applied + 1; seq < all.length; seq += 1)
      if (all[seq]?.store === replica.store) return all[seq]
    return undefined
  }
}
