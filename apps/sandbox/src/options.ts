import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

/** What `npm start` was asked for. */
export type SandboxOptions = Readonly<{
  /** Stop after the drill, with its exit code. */
  once: boolean
  /** Book nothing: only start everything and stay up. */
  idle: boolean
  /** Write the verdict here as JSON. */
  json: string | undefined
  /** A scenario's name, or a file. */
  scenario: string
  /** A ready-made world's name, or a file. */
  world: string
  /** World seconds per second. */
  speed: number
  /** The world does not run but jumps from one instant at which anything is due to the next. */
  lockstep: boolean
  /** Forget everything an earlier start left. */
  fresh: boolean
  seed: number
  portBase: number
  stateDir: string
  backend: 'postgres' | 'redis'
}>

/** Options, or the text to print instead and the exit code that goes with it. */
export type Parsed = Readonly<
  { ok: true; options: SandboxOptions } | { ok: false; text: string; exitCode: 0 | 2 }
>

/** Fastest world: beyond this a busy laptop makes probes late, see docs/measurement.md. */
export const SPEED_MAX = 30
/** Leaves a busy machine with two cores room to be punctual. */
const SPEED_DEFAULT = 24

export const USAGE = `npm start -- [options]       everything on this machine, no cloud account

  --once             stop after the drill, with its exit code
  --json FILE        write the verdict as JSON
  --scenario NAME    a folder of scenarios/, or a file       (default instance-kill)
  --world NAME       the simulated AWS: warm-standby, no-failover, or a file
  --speed N          world seconds per second, 1 to ${SPEED_MAX}        (default ${SPEED_DEFAULT})
  --lockstep         as fast as it goes: the world jumps when nothing is left to do
  --seed N           the world's chance                      (default 1)
  --fresh            forget what earlier starts left
  --idle             start everything, book no drill
  --backend NAME     queue: postgres, or redis (redis-server must be installed)
  --port-base N      first of twelve ports on 127.0.0.1      (default 4600)
  --state DIR        where everything is kept                (default .firedrill)

Exit codes with --once: 0 held, 99 deviated, 6 inconclusive, 3 refused, 4 aborted and put back,
5 faults may be live, 1 something failed, 2 wrong options.
`

/** Reads the command line. Every problem names the option and the remedy. */
export function parseOptions(args: readonly string[], root: string): Parsed {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        once: { type: 'boolean', default: false },
        idle: { type: 'boolean', default: false },
        json: { type: 'string' },
        scenario: { type: 'string', default: 'instance-kill' },
        world: { type: 'string', default: 'warm-standby' },
        speed: { type: 'string' },
        lockstep: { type: 'boolean', default: false },
        seed: { type: 'string', default: '1' },
        fresh: { type: 'boolean', default: false },
        backend: { type: 'string', default: 'postgres' },
        'port-base': { type: 'string', default: '4600' },
        state: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) return { ok: false, text: USAGE, exitCode: 0 }
    // npm runs scripts in the package's folder; INIT_CWD is where the person is.
    const asked = process.env['INIT_CWD'] ?? process.cwd()
    if (values.lockstep && values.speed !== undefined)
      throw new RangeError('--lockstep and --speed exclude each other')
    const speed = numberIn('--speed', values.speed ?? String(SPEED_DEFAULT), 1, SPEED_MAX)
    const portBase = integerIn('--port-base', values['port-base'], 1024, 65_500)
    if (values.backend !== 'postgres' && values.backend !== 'redis')
      throw new RangeError(`--backend takes postgres or redis, not ${values.backend}`)
    return {
      ok: true,
      options: {
        once: values.once,
        idle: values.idle,
        json: values.json === undefined ? undefined : resolve(asked, values.json),
        scenario: values.scenario,
        world: values.world,
        speed,
        lockstep: values.lockstep,
        fresh: values.fresh,
        seed: integerIn('--seed', values.seed, 0, 2 ** 31),
        portBase,
        stateDir: resolve(asked, values.state ?? process.env['FIREDRILL_STATE'] ?? `${root}/.firedrill`),
        backend: values.backend,
      },
    }
  } catch (error) {
    return {
      ok: false,
      text: `${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`,
      exitCode: 2,
    }
  }
}

function numberIn(option: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= min && value <= max))
    throw new RangeError(`${option} takes a number from ${min} to ${max}, not "${text}"`)
  return value
}

function integerIn(option: string, text: string, min: number, max: number): number {
  const value = numberIn(option, text, min, max)
  if (!Number.isInteger(value)) throw new RangeError(`${option} takes a whole number, not "${text}"`)
  return value
}
