import {
  decideAcknowledge,
  decideExpiry,
  isAppError,
  type Actor,
  type PlatformInstant,
  type RunId,
  type UndoRecord,
} from '@firedrill/core'
import { withDeadline } from './deadline.ts'
import { buildKit, kitName, kitWorldNow, parseKit, type Kit } from './kit.ts'
import type { EnginePorts } from './ports.ts'
import type { Advanced } from './advance.ts'

type Ports = Pick<EnginePorts, 'runs' | 'undo' | 'definitions' | 'kits' | 'clockOf' | 'faults' | 'clock'> &
  Readonly<{
    actor: Actor
    /** Takes a run over when nobody holds it; the reaper's own hands, without any queue. */
    advance: (runId: RunId, role: 'recover', signal: AbortSignal) => Promise<Advanced>
    /** The host's wall clock in microseconds, for when the database cannot be asked. */
    wallNow: () => PlatformInstant
    log: (what: string, details: Readonly<Record<string, unknown>>) => void
  }>

/** How long the database must be away before the reaper acts from its own kits. */
const DATABASE_AWAY_MS = 3000
/** Time for one undo call from a kit. */
const CALL_TIMEOUT_MS = 10_000

/**
 * The dead man. Keeps its own copy of every undo plan on disk before a fault may go in, and takes out what is
 * overdue: through the journal while the database answers, from its own copies while it does not.
 */
export function createReaper(ports: Ports) {
  let awaySinceMs: number | undefined
  const takenOut = new Set<string>()

  async function withDatabase(signal: AbortSignal): Promise<void> {
    for (const record of await ports.undo.unacknowledged()) await acknowledge(record)
    const isClockKnown = await refreshKits()
    for (const record of await ports.undo.overdue()) {
      if (isClockKnown(record)) await undoOverdue(record, signal)
    }
  }

  async function acknowledge(record: UndoRecord): Promise<void> {
    const kit = await kitOrNothing(record)
    if (kit === undefined) return
    await ports.kits.save(kitName(record.runId, record.step), JSON.stringify(kit, null, 2))
    await ports.undo.acknowledge(record.runId, record.step, record.hash, ports.actor.id)
    await ports.runs.append(
      record.runId,
      { kind: 'open' },
      ports.actor,
      (state) => decideAcknowledge(state, record.step, record.hash, ports.actor.id).events,
    )
    await ports.runs.wake(record.runId)
  }

  async function kitOf(record: UndoRecord): Promise<Kit | undefined> {
    const environment = await ports.definitions.byHash(record.teamId, 'environment', record.environmentHash)
    if (environment === undefined) {
      ports.log('an undo plan names an environment version that is not stored, so it is not acknowledged', {
        runId: record.runId,
      })
      return undefined
    }
    return buildKit(record, environment.compiled, await ports.clockOf(record.teamId, environment.compiled))
  }

  /**
   * Takes over what became known since (the act's handle, a new expiry or clock) and drops the kits of faults that are
   * out. Answers whose clock could be read: what is overdue by a stale clock is not overdue.
   */
  async function refreshKits(): Promise<(record: UndoRecord) => boolean> {
    const known = new Set<string>()
    for (const { kit: name, content } of await ports.kits.list()) {
      const kit = readKit(name, content)
      const record = kit === undefined ? undefined : await ports.undo.get(kit.runId, kit.step)
      if (record === undefined) continue
      if (record.status === 'undone') {
        await ports.kits.remove(name)
        takenOut.delete(name)
        continue
      }
      const fresh = await kitOrNothing(record)
      if (fresh === undefined) continue
      known.add(name)
      const text = JSON.stringify(fresh, null, 2)
      if (text !== content) await ports.kits.save(name, text)
    }
    return (record) => known.has(kitName(record.runId, record.step))
  }

  async function kitOrNothing(record: UndoRecord): Promise<Kit | undefined> {
    try {
      return await kitOf(record)
    } catch (error) {
      if (!isAppError(error)) throw error
      ports.log('the clock of an environment cannot be read', { runId: record.runId, error: error.message })
      return undefined
    }
  }

  async function undoOverdue(record: UndoRecord, signal: AbortSignal): Promise<void> {
    const why = `the fault of step ${record.step} is past its expiry, its run's deadline, or a halt`
    await ports.runs.append(
      record.runId,
      { kind: 'open' },
      ports.actor,
      (state) => decideExpiry(state, why).events,
    )
    await ports.runs.wake(record.runId)
    await ports.advance(record.runId, 'recover', signal)
  }

  /** Without a database: undo every kit that is past its expiry, and go on until describing shows it is out. */
  async function fromKits(signal: AbortSignal): Promise<void> {
    const now = ports.wallNow()
    for (const { kit: name, content } of await ports.kits.list()) {
      const kit = readKit(name, content)
      if (kit === undefined || takenOut.has(name) || kitWorldNow(kit, now) < kit.expiresAt) continue
      if (await undoFromKit(kit, ports, signal)) {
        takenOut.add(name)
        ports.log('a fault was taken out from the recovery kit while the database was away', {
          runId: kit.runId,
          step: kit.step,
        })
      }
    }
  }

  function readKit(name: string, content: string): Kit | undefined {
    try {
      return parseKit(content)
    } catch (error) {
      ports.log('a recovery kit on disk cannot be read', { kit: name, error: String(error) })
      return undefined
    }
  }

  return async function reap(signal: AbortSignal): Promise<void> {
    try {
      await withDatabase(signal)
      awaySinceMs = undefined
    } catch (error) {
      awaySinceMs ??= ports.clock.monotonicMs()
      ports.log('the reaper could not use the database', { error: String(error) })
      if (ports.clock.monotonicMs() - awaySinceMs >= DATABASE_AWAY_MS) await fromKits(signal)
    }
  }
}

/** One round of undo from a kit alone; true when describing shows every target as it was captured. */
export async function undoFromKit(
  kit: Kit,
  ports: Pick<Ports, 'faults' | 'clock' | 'log'>,
  signal: AbortSignal,
): Promise<boolean> {
  const driver = ports.faults.get(kit.undo.fault)
  if (driver === undefined) {
    ports.log('a recovery kit names a fault that this installation does not have; run its commands by hand', {
      fault: kit.undo.fault,
    })
    return false
  }
  const { environment } = kit
  const call = <T>(work: (ends: AbortSignal) => Promise<T>) =>
    withDeadline(ports.clock, CALL_TIMEOUT_MS, signal, work)
  const before = await call((ends) => driver.confirmRecovered(kit.undo, { environment, signal: ends }))
  if (before.ok && isOut(before.value.observations)) return true
  const asked = await call((ends) => driver.recover(kit.undo, { environment, signal: ends }))
  if (!asked.ok)
    ports.log('an undo from a recovery kit failed and will be tried again', {
      runId: kit.runId,
      failure: asked.failure,
    })
  const after = await call((ends) => driver.confirmRecovered(kit.undo, { environment, signal: ends }))
  return after.ok && isOut(after.value.observations)
}

function isOut(observations: readonly { injection: string }[]): boolean {
  return observations.every(
    ({ injection }) => injection === 'restored' || injection === 'replaced' || injection === 'spent',
  )
}
