import type { Clock } from '@firedrill/core'

/** `failing`: at least one essential part does not answer. `degraded`: only parts one can do without for a while. */
export const HEALTH_STATES = ['ok', 'degraded', 'failing'] as const
export type HealthState = (typeof HEALTH_STATES)[number]

/** One part as last looked at. `detail` is fit for callers: it never holds addresses or secrets. */
export type PartHealth = Readonly<{
  name: string
  ok: boolean
  essential: boolean
  detail: string
  tookMs: number
}>
export type HealthReport = Readonly<{ state: HealthState; parts: readonly PartHealth[] }>

/** A list of parts that can be asked whether they work. */
export type Health = Readonly<{
  /** `check` throws, or hangs beyond the time limit, when the part does not work. */
  add(
    name: string,
    check: (signal: AbortSignal) => Promise<void>,
    options?: Readonly<{ essential?: boolean }>,
  ): void
  report(): Promise<HealthReport>
}>

/** Asks all parts at once; one that does not answer within `timeoutMs` (platform time) counts as not working. */
export function createHealth(options: Readonly<{ clock: Clock; timeoutMs?: number }>): Health {
  const { clock, timeoutMs = 1000 } = options
  const parts: { name: string; essential: boolean; check: (signal: AbortSignal) => Promise<void> }[] = []

  const look = async ({ name, essential, check }: (typeof parts)[number]): Promise<PartHealth> => {
    const before = clock.monotonicMs()
    const done = new AbortController()
    const late = clock.sleep(timeoutMs, done.signal).then(() => `no answer within ${timeoutMs} ms`)
    const detail = await Promise.race([
      check(done.signal).then(
        () => undefined,
        () => 'does not answer as it should',
      ),
      late,
    ])
    done.abort()
    const tookMs = Math.round(clock.monotonicMs() - before)
    return { name, essential, ok: detail === undefined, detail: detail ?? 'answers', tookMs }
  }

  return {
    add: (name, check, { essential = true } = {}) => void parts.push({ name, essential, check }),
    report: async () => {
      const seen = await Promise.all(parts.map(look))
      const broken = seen.filter((part) => !part.ok)
      const state =
        broken.length === 0 ? 'ok' : broken.some((part) => part.essential) ? 'failing' : 'degraded'
      return { state, parts: seen }
    },
  }
}
