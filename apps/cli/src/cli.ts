import type {
  CallClock,
  CompiledEnvironment,
  FaultCatalogue,
  NetworkCheck,
  RemoteProbing,
  Routing,
  RunId,
} from '@firedrill/core'

/** How a word is to look; on a terminal without colours it is only the word. */
export const TINTS = ['good', 'bad', 'warning', 'bold'] as const
export type Tint = (typeof TINTS)[number]

/** Where output goes: `out` is data and nothing else, `err` is for people. */
export type Terminal = Readonly<{
  out: (text: string) => void
  err: (text: string) => void
  /** True when a person watches stderr, so that its last line may be redrawn. */
  isLive: boolean
  width: number
  /** Tints text that goes to `out`. */
  paint: (tint: Tint, text: string) => string
}>

/** The faults of this installation, and how to let go of what they hold. */
export type OpenFaults = Readonly<{ catalogue: FaultCatalogue; close: () => void }>

/** How accounts route names, and how to let go of the clients. */
export type OpenRouting = Readonly<{ routing: Routing; close: () => void }>

/** What a policy is for: the IAM actions of a plan, the environment, and the ids of its targets. */
export type PolicyScope = Readonly<{
  permissions: readonly string[]
  environment: CompiledEnvironment
  targets: readonly string[]
}>

/** How a remote prober is started. */
export type ProberStart = Readonly<{
  vantage: string
  platform: RemoteProbing
  resolver?: string | undefined
  proxy?: string | undefined
  say: (line: string) => void
}>
/** A remote prober that runs. */
export type StartedProber = Readonly<{ probing: () => readonly RunId[]; stop: () => Promise<void> }>

/** A simulator in a process of its own. */
export type StartedSimulator = Readonly<{
  /** The line of JSON that it prints when it serves; null when it ended before. */
  ready: Promise<string | null>
  /** Its exit code. Rejects when it could not be started at all. */
  ended: Promise<number>
  /** Ends it in good order; one that has ended is left alone. */
  stop: () => void
}>

/** A whole platform in a simulated world of its own, started for this command and gone with it. */
export type StartedRehearsal = Readonly<{
  /** Where its API answers; rejects with what it said when it cannot be started. */
  ready: Promise<Readonly<{ url: string; token: string }>>
  /** Stops it and removes all it kept. */
  stop: () => Promise<void>
}>

/** What a program said. */
export type ProgramOutput = Readonly<{ exitCode: number; out: string; err: string }>

/** What the command line is plugged into. Only `main.ts` and tests make one. */
export type Cli = Readonly<{
  version: string
  terminal: Terminal
  env: Readonly<Record<string, string | undefined>>
  /** The directory from which the person calls; relative paths start there. */
  cwd: string
  /** Directories in which a sandbox may keep its token, the nearest first. */
  stateDirs: readonly string[]
  clock: CallClock
  /** Opens the faults; only `recover` needs them. */
  openFaults: () => Promise<OpenFaults>
  /** Only `check` needs them. */
  openNetwork: () => Promise<NetworkCheck>
  openRouting: () => Promise<OpenRouting>
  /** The policy that the platform's role needs; only `plan --policy` asks for it. */
  leastPrivilege: (scope: PolicyScope) => Promise<unknown>
  /** Starts the probes that the platform asks for; only `probe` does. */
  startProber: (options: ProberStart) => Promise<StartedProber>
  /** Starts a simulator from where the person calls; what it complains about goes to stderr. */
  startSimulator: (args: readonly string[]) => StartedSimulator
  /** Starts a platform in lockstep with a simulated world. */
  startRehearsal: (options: Readonly<{ world: string; seed: number }>) => StartedRehearsal
  /** Prints a page, with this footer on each sheet; undefined where there is no browser that can. */
  openPrinter: () => ((html: string, footer: string) => Promise<Uint8Array>) | undefined
  /** Runs git where the person calls. */
  git: (args: readonly string[]) => Promise<ProgramOutput>
  /** Asks the person who watches and answers what they typed; undefined when nobody is there to be asked. */
  ask: (question: string) => Promise<string | undefined>
  /** Calls back each time the person or the system asks to stop, until the answered function is called. */
  onInterrupt: (interrupted: (signal: string) => void) => () => void
}>

/** Options that every command has. */
export type CommonOptions = Readonly<{ url?: string; token?: string; output: 'text' | 'json' }>

/** An expected end of a command. The message says what to do. */
export class CliError extends Error {
  readonly exitCode: number

  constructor(exitCode: number, message: string) {
    super(message)
    this.name = 'CliError'
    this.exitCode = exitCode
  }
}
