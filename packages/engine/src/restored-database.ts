import type { Actor, DatabaseMark, DatabaseMarks, PlatformInstant } from '@firedrill/core'
import { createHaltAll } from './halt.ts'
import type { EnginePorts } from './ports.ts'

type Ports = Pick<EnginePorts, 'runs' | 'halt' | 'kits' | 'clock'> &
  Readonly<{
    actor: Actor
    marks: DatabaseMarks
    log: (what: string, details: Readonly<Record<string, unknown>>) => void
  }>

/** The mark is written at most this often; a loss that is smaller is not noticed. Platform time. */
const WRITE_EVERY_MS = 2000
const TEAM = 'default'
const NOTHING_SEEN: DatabaseMark = { newestAt: 0 as PlatformInstant, suspects: [] }

/**
 * Notices a database that ends before what this host has seen of it: a backup took its place. Such a one may know nothing of
 * a fault that is in, or think that it never went in. Everything is halted, and each kit of this host becomes a suspect:
 * its fault is taken out whatever the database says.
 */
export function createRestoredDatabase(ports: Ports) {
  let mark: DatabaseMark | undefined
  let writtenAtMs = Number.NEGATIVE_INFINITY

  async function remember(next: DatabaseMark): Promise<void> {
    await ports.marks.write(next)
    mark = next
    writtenAtMs = ports.clock.monotonicMs()
  }

  return {
    /** Compares; answers the kits that are suspects. */
    async look(): Promise<readonly string[]> {
      mark ??= (await ports.marks.read()) ?? NOTHING_SEEN
      const newestAt = (await ports.runs.newestAt()) ?? NOTHING_SEEN.newestAt
      if (newestAt < mark.newestAt) {
        const kits = (await ports.kits.list()).map(({ kit }) => kit)
        const reason = `the database ends ${seconds(mark.newestAt - newestAt)} before what this host has seen of it, so it was restored from a backup`
        ports.log(reason, { kits })
        await createHaltAll({ ...ports, hints: { send: async () => undefined } })(TEAM, ports.actor, reason)
        // Aborting has written events, so the end of the database is asked for anew.
        const end = (await ports.runs.newestAt()) ?? NOTHING_SEEN.newestAt
        await remember({ newestAt: end, suspects: [...new Set([...mark.suspects, ...kits])] })
      } else if (newestAt > mark.newestAt && ports.clock.monotonicMs() - writtenAtMs >= WRITE_EVERY_MS) {
        await remember({ ...mark, newestAt })
      }
      return mark.suspects
    },
    /** The fault of a kit was seen to be out. */
    async clear(kit: string): Promise<void> {
      if (mark === undefined) return
      await remember({ ...mark, suspects: mark.suspects.filter((name) => name !== kit) })
    },
  }
}

function seconds(micros: number): string {
  return `${Math.round(micros / 1e6)} s`
}
