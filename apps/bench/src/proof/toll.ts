import type { DeadMan, FaultCatalogue } from '@firedrill/core'
import type { Worker } from '@firedrill/worker'

/** What a tolled worker says before and after each of its calls to the outside that belong to a run. */
export type Toll = Readonly<{
  phase: 'before' | 'after'
  /** One call, in both phases. */
  id: number
  /** `port.method`, with the role in front: `advance runs.append`. */
  call: string
  run: string
  /** After a claim that was given: platform microseconds of the claim, and when the run had wanted to be looked at. */
  claimed?: Readonly<{ at: number; wakeAt: number }>
}>

/** Asks whether to go on; settles when the answer is yes, and never when the process is to die. */
export type Gate = (toll: Toll) => Promise<void>

/** Questions about no run in particular, asked all the time. */
const UNTOLLED = new Set([
  'runs.due',
  'runs.now',
  'runs.probed',
  'undo.overdue',
  'undo.unacknowledged',
  'faults.list',
])

/** Ports that stay within the process. Whatever else there is leads out of it. */
const WITHIN = new Set(['actor', 'calls', 'clock', 'installation', 'random'])

/**
 * The ports of a worker that serves one run at a time, with a gate before and after every call to the outside. What the
 * calls are is found out by making them: any method of any port is one.
 */
export function tolled(ports: Worker['ports'], role: string, gate: Gate): Worker['ports'] {
  let current: string | undefined
  let ids = 0
  const through = async (name: string, args: readonly unknown[], make: () => unknown): Promise<unknown> => {
    const [first] = args
    const run = typeof first === 'string' && first.startsWith('run_') ? first : current
    if (run === undefined || UNTOLLED.has(name)) return make()
    const about = { id: ++ids, call: `${role} ${name}`, run }
    await gate({ phase: 'before', ...about })
    const answer = await make()
    const claim = name === 'runs.claim' ? claimOf(answer) : undefined
    if (claim !== undefined) current = run
    await gate({ phase: 'after', ...about, ...(claim === undefined ? {} : { claimed: claim }) })
    if (name === 'runs.yield') current = undefined
    return answer
  }
  const wrap = <T extends object>(port: T, prefix: string): T =>
    new Proxy(port, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key)
        if (typeof value !== 'function') return value
        return (...args: readonly unknown[]) =>
          through(`${prefix}.${String(key)}`, args, () =>
            (value as (...all: readonly unknown[]) => unknown).apply(target, [...args]),
          )
      },
    })
  const stores = Object.entries(ports).map(([name, port]: [string, unknown]) => [
    name,
    typeof port === 'object' && port !== null && !WITHIN.has(name) ? wrap(port, name) : port,
  ])
  return {
    ...(Object.fromEntries(stores) as Worker['ports']),
    clockOf: (...asked) =>
      through('clockOf', [], () => ports.clockOf(...asked)) as ReturnType<typeof ports.clockOf>,
    crash: async (name) => void (await through(`between ${name}`, [], () => undefined)),
    faults: tolledFaults(ports.faults, wrap),
  }
}

function tolledFaults(
  faults: FaultCatalogue,
  wrap: <T extends object>(port: T, prefix: string) => T,
): FaultCatalogue {
  return {
    list: faults.list,
    get: (name) => {
      const driver = faults.get(name)
      if (driver === undefined) return undefined
      const { plan, apply, confirm, recover, confirmRecovered } = wrap(driver, name)
      const { together, deadMan } = driver
      return {
        ...driver,
        plan,
        apply,
        confirm,
        recover,
        confirmRecovered,
        ...(together === undefined
          ? {}
          : { together: { ...together, recover: wrap(together, `${name}.together`).recover } }),
        ...(deadMan === undefined ? {} : { deadMan: tolledDeadMan(deadMan, name, wrap) }),
      }
    },
  }
}

/** What is only worked out is no call. */
function tolledDeadMan(
  deadMan: DeadMan,
  name: string,
  wrap: <T extends object>(port: T, prefix: string) => T,
): DeadMan {
  const { arm, release } = wrap(deadMan, `${name}.deadMan`)
  return { ...deadMan, arm, release }
}

function claimOf(answer: unknown): Toll['claimed'] {
  const claim = answer as Readonly<{ now: number; run: { wakeAt: number } }> | undefined
  return claim === undefined ? undefined : { at: claim.now, wakeAt: claim.run.wakeAt }
}
