import type { Kernel } from './kernel.ts'
import { combine, single, type Metrics, type StatisticSet } from './metrics.ts'
import { SECOND, type MetricId, type Micros } from './model.ts'
import { replicaKey, type DataStore, type Replica } from './store-model.ts'
import type { Stores } from './stores.ts'
import type { Table } from './store.ts'

const MINUTE: Micros = 60 * SECOND
/** A copy that follows tells this often how far it is behind. */
const SAMPLE_EVERY: Micros = 10 * SECOND
const MILLISECOND: Micros = 1000

/**
 * What AWS itself says about replication, which is less than the truth: the lag of a database on hosts is read where the
 * copy is, and nobody reads it once either side is gone; the latency of a table is that of the writes that did arrive, so
 * it falls silent when none do. Copies made from backups have no such metric.
 */
export class ReplicationMetrics {
  readonly #minutes: Table<StatisticSet>
  readonly #kernel: Kernel
  readonly #stores: Stores
  readonly #metrics: Metrics

  constructor(kernel: Kernel, stores: Stores, metrics: Metrics) {
    this.#kernel = kernel
    this.#stores = stores
    this.#metrics = metrics
    this.#minutes = kernel.store.table('replication-minutes')
    kernel.on('replication.sample', () => this.#sample())
    kernel.on('replication.minute', () => this.#minute())
    stores.onApplied((replica, write) => {
      if (stores.stores.get(replica.store)?.runsOnHosts === false) this.#add(replica, kernel.now() - write.at)
    })
  }

  /** Starts the periodic work of a new world, where it has anything to look at. */
  begin(): void {
    if (![...this.#stores.replicas.values()].some(({ lagSeconds }) => lagSeconds !== null)) return
    const now = this.#kernel.now()
    this.#kernel.schedule(now, 'replication.sample', null)
    this.#kernel.schedule(now - (now % MINUTE) + MINUTE, 'replication.minute', null)
  }

  #sample(): void {
    this.#kernel.after(SAMPLE_EVERY, 'replication.sample', null)
    for (const replica of this.#stores.replicas.values()) {
      const store = this.#stores.stores.get(replica.store)
      if (store === undefined || !store.runsOnHosts || replica.lagSeconds === null) continue
      const behind = this.#stores.behind(replica)
      if (behind !== null) this.#add(replica, behind)
    }
  }

  #add({ store, region }: Replica, lag: Micros): void {
    const key = replicaKey(store, region)
    const value = single(Math.round(lag / MILLISECOND))
    const known = this.#minutes.get(key)
    this.#minutes.put(key, known ? combine(known, value) : value)
  }

  #minute(): void {
    this.#kernel.after(MINUTE, 'replication.minute', null)
    const at = this.#kernel.now() - MINUTE
    for (const replica of this.#stores.replicas.values()) {
      const key = replicaKey(replica.store, replica.region)
      const minute = this.#minutes.get(key)
      const store = this.#stores.stores.get(replica.store)
      if (minute === undefined || store === undefined) continue
      this.#minutes.delete(key)
      this.#metrics.publish(
        [
          {
            metric: metricOf(store, replica),
            unit: 'Milliseconds',
            resolution: 60,
            points: [{ at, ...minute }],
          },
        ],
        this.#kernel.drawSeconds('ingest-replication', 60, 120),
      )
    }
  }
}

const metricOf = (store: DataStore, { region }: Replica): MetricId =>
  store.runsOnHosts
    ? {
        region,
        namespace: 'AWS/RDS',
        name: 'AuroraGlobalDBReplicationLag',
        dimensions: { DBClusterIdentifier: store.name },
      }
    : {
        region: store.writer,
        namespace: 'AWS/DynamoDB',
        name: 'ReplicationLatency',
        dimensions: { TableName: store.name, ReceivingRegion: region },
      }
