import {
  decideAcknowledge,
  decideExpiry,
  isAppError,
  isEnd,
  type Actor,
  type DatabaseMarks,
  type PlatformInstant,
  type RunId,
  type UndoRecord,
} from '@firedrill/core'
import { withDeadline } from './deadline.ts'
import { buildKit, kitName, kitNameParts, kitWorldNow, parseKit, type Kit } from './kit.ts'
import type { EnginePorts } from './ports.ts'
import { createRestoredDatabase } from './restored-database.ts'
import { createKitPager } from './page-from-kit.ts'
import { createKitMemory, undoFromKit } from './undo-from-kit.ts'
import type { Advanced } from './advance.ts'

type Ports = Pick<
  EnginePorts,
  | 'calls'
  | 'clock'
  | 'clockOf'
  | 'definitions'
  | 'faults'
  | 'halt'
  | 'installation'
  | 'kits'
  | 'pager'
  | 'runs'
  | 'undo'
> &
  Readonly<{
    actor: Actor
    marks: DatabaseMarks
    /** Takes a run over when nobody holds it; the reaper's own hands, without any queue. */
    advance: (runId: RunId, role: 'recover', signal: AbortSignal) => Promise<Advanced>
    /** The host's wall clock in microseconds, for when the database cannot be asked. */
    wallNow: () => PlatformInstant
    log: (what: string, details: Readonly<Record<string, unknown>>) => void
  }>

/** How long the database must be away before the reaper acts from its own kits. */
const DATABASE_AWAY_MS = 3000
/** Why a person is called when it is. */
const DATABASE_AWAY = 'the database is away'
/** How long the database may take to say what time it is. */
const PING_TIMEOUT_MS = 2000

/**
 * The dead man. Keeps its own copy of every undo plan on disk before a fault may go in, and takes out what is
 * overdue: through the journal while the database answers, from its own copies while it does not. Trouble with one
 * kit or one run keeps it from no other.
 */
export function createReaper(ports: Ports) {
  const restored = createRestoredDatabase(ports)
  let awaySinceMs: number | undefined
  const takenOut = new Set<string>()
  /** As they were last read: a look comes ten times a second, and kits seldom change. */
  const kitsRead = new Map<string, Readonly<{ content: string; kit: Kit }>>()
  const memory = createKitMemory(async (kit) => {
    // What an undo answered outlives this process: by it the next one can tell when the cloud is done.
    await apart('what an undo answered could not be kept in its kit', { runId: kit.runId }, () =>
      ports.kits.save(kitName(kit.runId, kit.step), JSON.stringify(kit, null, 2)),
    )
  })

  const people = createKitPager(ports)

  /** One round by a kit alone; true when its fault is out. A person is called when it does not get there. */
  async function undoAlone(kit: Kit, why: string, signal: AbortSignal): Promise<boolean> {
    const undone = await undoFromKit(kit, ports, signal, memory)
    people.tried(kit, undone, why, signal)
    return undone.isOut
  }

  /** Whatever fails here is logged and comes again with the next look. */
  async function apart(what: string, about: object, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      ports.log(what, { ...about, error: String(error) })
    }
  }

  async function withDatabase(signal: AbortSignal): Promise<void> {
    let suspects: readonly string[] | undefined
    // A mark that cannot be read or written keeps the dead man from nothing else.
    await apart('how far the database had been seen could not be compared', {}, async () => {
      suspects = await restored.look()
    })
    const suspected = undoSuspects(suspects ?? [], signal)
    const overdue = new Map<RunId, UndoRecord[]>()
    for (const record of await ports.undo.overdue()) {
      overdue.set(record.runId, [...(overdue.get(record.runId) ?? []), record])
    }
    const undone = [...overdue.values()].map((records) => undoOverdue(records, signal))
    for (const record of await ports.undo.unacknowledged()) {
      await apart('an undo plan could not be acknowledged', { runId: record.runId }, () =>
        acknowledge(record),
      )
    }
    const known = suspects
    // Which kits are suspects is not known without the mark, so none of them may go.
    if (known !== undefined)
      await apart('the recovery kits could not be brought up to date', {}, () => refreshKits(known, signal))
    await suspected
    await Promise.all(undone)
  }

  /** Kits of which the database may know too little: out, whatever it says. */
  async function undoSuspects(suspects: readonly string[], signal: AbortSignal): Promise<void> {
    for (const { kit: name, content } of suspects.length === 0 ? [] : await ports.kits.list()) {
      if (!suspects.includes(name)) continue
      await apart(
        'the fault of a suspect kit could not be taken out and is tried again',
        { kit: name },
        async () => {
          const kit = readKit(name, content)
          if (kit === undefined || !(await undoAlone(kit, 'the database was restored from a backup', signal)))
            return
          ports.log('a fault was taken out from its kit, whatever a restored database says of it', {
            runId: kit.runId,
            step: kit.step,
          })
          await restored.clear(name)
        },
      )
    }
  }

  async function acknowledge(record: UndoRecord): Promise<void> {
    const kit = await kitOrNothing(record)
    if (kit === undefined || (await isIdle(record))) return
    await ports.kits.save(kitName(record.runId, record.step), JSON.stringify(kit, null, 2))
    // The journal first: should this process die in between, the plan is still unacknowledged and comes again.
    await ports.runs.append(
      record.runId,
      { kind: 'open' },
      ports.actor,
      (state) => decideAcknowledge(state, record.step, record.hash, ports.actor.id).events,
    )
    await ports.undo.acknowledge(record.runId, record.step, record.hash, ports.actor.id)
    await ports.runs.wake(record.runId)
  }

  /**
   * True for a plan that was never put to use and whose run is over. It is retired: a kit that outlives its run would,
   * at its expiry, "restore" what has every right to be different by then.
   */
  async function isIdle(record: UndoRecord): Promise<boolean> {
    if (record.status !== 'prepared') return false
    const run = await ports.runs.get(record.teamId, record.runId)
    if (run === undefined || !isEnd(run.state.status)) return false
    await retire(record)
    return true
  }

  async function retire(record: UndoRecord): Promise<void> {
    await ports.runs.append(record.runId, { kind: 'open' }, ports.actor, () => [], {
      undo: [{ ...record, status: 'undone' }],
    })
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

  /** Takes over what became known since (the act's handle, a new expiry or clock) and drops the kits of faults that are out. */
  async function refreshKits(suspects: readonly string[], signal: AbortSignal): Promise<void> {
    for (const { kit: name, content } of await ports.kits.list()) {
      // What the database says of a suspect is not to be believed.
      if (suspects.includes(name)) continue
      await apart('a recovery kit could not be brought up to date', { kit: name }, () =>
        refreshKit(name, content, signal),
      )
    }
  }

  async function refreshKit(name: string, content: string, signal: AbortSignal): Promise<void> {
    const kit = readKit(name, content)
    const of = kit ?? kitNameParts(name)
    const record = of === undefined ? undefined : await ports.undo.get(of.runId, of.step)
    if (record === undefined) {
      if (kit !== undefined) await undoForgotten(name, kit, signal)
      return
    }
    if (record.status === 'undone' || (await isIdle(record))) {
      await ports.kits.remove(name)
      takenOut.delete(name)
      kitsRead.delete(name)
      return
    }
    const known = await kitOrNothing(record)
    if (known === undefined) return
    const undoHandle = known.undo.undoHandle ?? kit?.undo.undoHandle
    const fresh = undoHandle === undefined ? known : { ...known, undo: { ...known.undo, undoHandle } }
    const text = JSON.stringify(fresh, null, 2)
    if (text !== content) await ports.kits.save(name, text)
  }

  /** The database knows nothing of this kit: it was lost, or another one took its place. Nobody else takes the fault out. */
  async function undoForgotten(name: string, kit: Kit, signal: AbortSignal): Promise<void> {
    if (kitWorldNow(kit, ports.wallNow()) < kit.expiresAt) return
    if (!(await undoAlone(kit, 'the database knows nothing of the run', signal))) return
    ports.log('a fault that the database knows nothing of was taken out from its recovery kit', {
      runId: kit.runId,
      step: kit.step,
    })
    await ports.kits.remove(name)
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

  /** Undo of one run's overdue faults, through its journal; by its kits when the journal cannot be used for it. */
  async function undoOverdue(records: readonly UndoRecord[], signal: AbortSignal): Promise<void> {
    for (const record of records) {
      const about = { runId: record.runId, step: record.step }
      await apart('an overdue fault could not be taken out and is tried again', about, async () => {
        // What is overdue by a stale clock is not overdue: a simulated world stands still while nobody can reach it.
        const kit = await kitOrNothing(record)
        if (kit === undefined) return
        try {
          await undoByJournal(record, kit, signal)
        } catch (error) {
          if (kitWorldNow(kit, ports.wallNow()) < kit.expiresAt) throw error
          ports.log('a run cannot be driven, so its fault is taken out by its kit', {
            ...about,
            error: String(error),
          })
          await undoAlone(kit, 'the run cannot be driven', signal)
        }
      })
    }
  }

  async function undoByJournal(record: UndoRecord, kit: Kit, signal: AbortSignal): Promise<void> {
    const why = `the fault of step ${record.step} is past its expiry, its run's deadline, or a halt`
    const appended = await ports.runs.append(
      record.runId,
      { kind: 'open' },
      ports.actor,
      (state) => decideExpiry(state, why).events,
    )
    if (appended.ok && isEnd(appended.state.status)) {
      ports.log('a run is over although one of its faults was never seen to be out', { runId: record.runId })
      if (await undoAlone(kit, 'the run is over', signal)) await retire(record)
      return
    }
    if (!appended.ok && appended.why === 'newer') return undoNewer(kit, signal)
    // Taken over only when it is due: an undo that somebody else is at, or that waits for its next look, goes on by itself.
    await ports.advance(record.runId, 'recover', signal)
  }

  /** A newer version drives the run. Should none be left to do so, its fault still goes at its expiry. */
  async function undoNewer(kit: Kit, signal: AbortSignal): Promise<void> {
    const name = kitName(kit.runId, kit.step)
    if (takenOut.has(name) || kitWorldNow(kit, ports.wallNow()) < kit.expiresAt) return
    if (!(await undoAlone(kit, 'a newer version of the platform has written to the run', signal))) return
    takenOut.add(name)
    ports.log('an expired fault of a run that a newer version drives was taken out by its kit', {
      runId: kit.runId,
      step: kit.step,
    })
  }

  /** Without a database: undo every kit that is past its expiry, and go on until describing shows it is out. */
  async function fromKits(signal: AbortSignal): Promise<void> {
    const now = ports.wallNow()
    const expired = (await ports.kits.list()).flatMap(({ kit: name, content }) => {
      const kit = readKit(name, content)
      if (kit === undefined) people.unreadable(name, DATABASE_AWAY, signal)
      return kit === undefined || takenOut.has(name) || kitWorldNow(kit, now) < kit.expiresAt
        ? []
        : [{ name, kit }]
    })
    const undoOne = ({ name, kit }: Readonly<{ name: string; kit: Kit }>) =>
      apart('a recovery kit could not be carried out and is tried again', { kit: name }, async () => {
        if (!(await undoAlone(kit, DATABASE_AWAY, signal))) return
        takenOut.add(name)
        ports.log('a fault was taken out from the recovery kit while the database was away', {
          runId: kit.runId,
          step: kit.step,
        })
      })
    await Promise.all(expired.map(undoOne))
  }

  function readKit(name: string, content: string): Kit | undefined {
    const known = kitsRead.get(name)
    if (known?.content === content) return known.kit
    try {
      const kit = parseKit(content)
      kitsRead.set(name, { content, kit })
      return kit
    } catch (error) {
      ports.log('a recovery kit on disk cannot be read', { kit: name, error: String(error) })
      return undefined
    }
  }

  /** A database that hangs is as far away as one that refuses. */
  async function databaseAnswers(signal: AbortSignal): Promise<boolean> {
    try {
      await withDeadline(ports.clock, PING_TIMEOUT_MS, signal, () => ports.runs.now())
      return true
    } catch (error) {
      ports.log('the reaper could not use the database', { error: String(error) })
      return false
    }
  }

  return async function reap(signal: AbortSignal): Promise<void> {
    if (await databaseAnswers(signal)) {
      awaySinceMs = undefined
      await apart('the reaper could not look for what is overdue', {}, () => withDatabase(signal))
      return
    }
    awaySinceMs ??= ports.clock.monotonicMs()
    if (ports.clock.monotonicMs() - awaySinceMs >= DATABASE_AWAY_MS) await fromKits(signal)
  }
}
