import { isRecovery, type WorldInstant } from '@firedrill/core'
import { createAdvance } from '@firedrill/engine'
import { systemClock } from '@firedrill/runtime'
import { openProbeRole } from '../main/probe.ts'
import type { Worker } from '../main/compose.ts'
import { openReaper } from './reap.ts'
import { deliverEvents } from './deliver-events.ts'
import { tickSchedules } from './tick-schedules.ts'

/** Most due runs one round looks at. */
const DUE_MAX = 200
/** The world waits with whoever waits this long, in platform time, for something that is not of its time. */
const STAND_STILL_MS = 10_000
/** Between two looks for what came from outside (a new run, an abort) while the world goes on. Platform time. */
const LISTEN_MS = 20
/** The reaper looks at least this often while anything may have to be taken out. World time. */
const REAP_EVERY_MS = 5000

/**
 * The role `rehearse`: every role at once, in a simulated world in lockstep. While anything is due the world stands still;
 * when nothing is, it jumps to the next instant at which a run, a probe or the reaper wakes. The queue has no part in it:
 * its delays are platform time, which hardly passes here.
 */
export async function rehearse(worker: Worker): Promise<void> {
  const { lockstep, shutdown, ports, actor, log } = worker
  if (lockstep === undefined) throw new Error('a rehearsal needs a world in lockstep')
  const { member, clocks } = lockstep
  const { signal } = shutdown
  const probes = openProbeRole(worker)
  shutdown.add('probers', () => probes.stop())
  const reap = await openReaper(worker, { kind: 'reaper', id: `reap@${actor.id}`, name: actor.name })
  const hints = { send: async () => undefined }
  const advance = createAdvance({ ...ports, hints })
  tickSchedules(worker, hints)
  deliverEvents(worker)

  let lookedAt = Number.NEGATIVE_INFINITY

  /** What nobody asks for by a run's wake: probes of runs that came or went, kits, and what is overdue. */
  async function lookAround(): Promise<void> {
    lookedAt = member.worldNow()
    await probes.look()
    await reap(signal)
  }

  /** Does all that is due at this instant of the world; answers when it wants to be here again. */
  async function settle(): Promise<WorldInstant | undefined> {
    await clocks.refresh()
    if (member.worldNow() - lookedAt >= REAP_EVERY_MS * 1000) await lookAround()
    while (!signal.aborted) {
      const due = await ports.runs.due(DUE_MAX)
      await Promise.all(
        due.map(({ id, status }) =>
          member.work(() => advance(id, isRecovery(status) ? 'recover' : 'advance', signal)),
        ),
      )
      const wakes = await ports.runs.nextWakes()
      const standsMs = wakes.at === undefined ? Infinity : (wakes.at - wakes.now) / 1000
      if (due.length === 0 && standsMs > STAND_STILL_MS) return wakes.worldAt
      // What was done may have to be probed, or acknowledged, before it goes on.
      await lookAround()
      if (due.length === 0) await systemClock.sleep(Math.max(1, standsMs), signal)
    }
    return undefined
  }

  /** Waits until the world has reached an instant, or something came from outside. */
  async function waitFor(worldAt: WorldInstant | undefined): Promise<void> {
    const over = new AbortController()
    const either = AbortSignal.any([over.signal, signal])
    const listen = async () => {
      while (!either.aborted) {
        await systemClock.sleep(LISTEN_MS, either)
        // A database that is away is met again, and spoken of, by whoever does the work.
        const due = either.aborted ? [] : await ports.runs.due(1).catch(() => [undefined])
        if (due.length > 0) return
      }
    }
    const ms = worldAt === undefined ? REAP_EVERY_MS : (worldAt - member.worldNow()) / 1000
    const isMoving = worldAt !== undefined || probes.probing().length > 0
    // Whoever wakes first goes to work in the same turn of the event loop, so that the world does not go on before.
    await Promise.race([listen(), ...(isMoving ? [member.sleep(Math.min(ms, REAP_EVERY_MS), either)] : [])])
    over.abort()
  }

  const pacing = (async () => {
    while (!signal.aborted) {
      try {
        await waitFor(await member.work(settle))
      } catch (error) {
        log.error({ err: error }, 'a rehearsal was held up and goes on')
        await systemClock.sleep(LISTEN_MS, signal)
      }
    }
  })()
  shutdown.add('rehearsal', () => pacing)
}
