import { PAGE_EVERY_MS, type Page, type PlatformInstant } from '@firedrill/core'
import { callOnce, pageAgainMs } from './commands/page.ts'
import { kitName, type Kit } from './kit.ts'
import type { EnginePorts } from './ports.ts'
import type { UndoneByKit } from './undo-from-kit.ts'

type Ports = Pick<EnginePorts, 'clock' | 'pager' | 'installation'> &
  Readonly<{
    wallNow: () => PlatformInstant
    log: (what: string, details: Readonly<Record<string, unknown>>) => void
  }>

/**
 * How long an undo by a kit is tried before a person is called: longer than any cloud takes to show it. Platform time. What
 * somebody else changed is a question at once.
 */
const TRIED_MS = 180_000

type Call = {
  id: string
  sinceMs: number
  sent: number
  failures: number
  nextMs: number
  isCalling: boolean
}

/**
 * Calls a person about faults that cannot be taken out by their kits: then there is no journal that anybody drives, and nobody
 * else who would. Again and again until the fault is out; nobody can say that they have taken over while the database is
 * away.
 */
export function createKitPager(ports: Ports) {
  const calls = new Map<string, Call>()

  function callOf(key: string): Call {
    const known = calls.get(key)
    if (known !== undefined) return known
    const sinceMs = ports.clock.monotonicMs()
    // A reaper that is started anew begins to count anew; its calls must not look like repeats of earlier ones.
    const id = `${key}/${Math.round(ports.wallNow() / 1e6)}`
    const call = { id, sinceMs, sent: 0, failures: 0, nextMs: 0, isCalling: false }
    calls.set(key, call)
    return call
  }

  /** Never awaited by who undoes: a call may take as long as it likes, and no undo waits for it. */
  async function callWhenDue(key: string, about: About, signal: AbortSignal): Promise<void> {
    const call = callOf(key)
    if (call.isCalling || ports.clock.monotonicMs() < call.nextMs) return
    call.isCalling = true
    const page: Page = { ...about, id: `${call.id}/${call.sent + 1}`, page: call.sent + 1 }
    const outcome = await callOnce(page, ports, signal)
    const nobody = ports.pager.via === 'nobody'
    if (outcome.ok) call.sent += 1
    call.failures = outcome.ok ? 0 : call.failures + 1
    const again = outcome.ok || nobody ? everyMs() : pageAgainMs(call.failures)
    call.nextMs = ports.clock.monotonicMs() + again
    call.isCalling = false
    ports.log(outcome.ok ? 'a person was called from a recovery kit' : 'nobody could be called', {
      page: page.id,
      ...outcome,
    })
  }

  const everyMs = () => ports.installation.pageEveryMs ?? PAGE_EVERY_MS

  return {
    /** After a round of undo by a kit. `why` says what keeps the journal from being used. */
    tried(kit: Kit, undone: UndoneByKit, why: string, signal: AbortSignal): void {
      const name = kitName(kit.runId, kit.step)
      if (undone.isOut) {
        calls.delete(name)
        return
      }
      const { sinceMs } = callOf(name)
      const isAsked = undone.failure?.kind === 'conflict'
      if (!isAsked && ports.clock.monotonicMs() - sinceMs < TRIED_MS) return
      const about = { runId: kit.runId, environment: kit.environment.name }
      const reason = `${why}: step ${kit.step} is not put back: ${stateOf(kit, undone)}; carry out recovery kit ${name} by hand`
      void callWhenDue(name, { ...about, reason }, signal)
    },
    /** A kit that cannot be read while there is nothing else to read. */
    unreadable(name: string, why: string, signal: AbortSignal): void {
      const [runId = name] = name.split('.')
      const reason = `${why}: recovery kit ${name} cannot be read, so what it was to take out may be in for good`
      void callWhenDue(name, { runId, environment: 'unknown', reason }, signal)
    },
  }
}

type About = Omit<Page, 'id' | 'page'>

function stateOf(kit: Kit, { seen, failure }: UndoneByKit): string {
  const open = (seen ?? []).filter(({ injection }) => injection !== 'restored' && injection !== 'replaced')
  const words = open
    .slice(0, 20)
    .map(({ target, injection, seen: state }) => `${target} (${injection}: ${state})`)
  const targets =
    words.length === 0 ? `${kit.undo.targets.length} targets could not be described` : words.join(', ')
  return failure === undefined ? targets : `${targets}; ${failure.code}: ${failure.message}`
}
