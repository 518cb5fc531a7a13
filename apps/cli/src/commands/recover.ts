import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { EXIT, isClean } from '@firedrill/contracts'
import type { FaultCatalogue, TargetSeen } from '@firedrill/core'
import {
  createKitMemory,
  lookByKit,
  parseKit,
  undoFromKit,
  type Kit,
  type KitMemory,
} from '@firedrill/engine'
import { CliError, type Cli, type CommonOptions } from '../cli.ts'
import { print } from '../output/print.ts'
import type { Shape } from '../output/shapes.ts'

/** Options of `firedrill recover`. `timeout` is in seconds of this machine's clock, for all kits together. */
export type RecoverOptions = Pick<CommonOptions, 'output'> &
  Readonly<{ kit: readonly string[]; timeout: number }>

type Recovered = Shape<'recover'>[number]

/** Between two rounds: long enough not to be throttled, short beside any cloud's propagation. */
const ROUND_MS = 2000

/**
 * Takes faults out from recovery kits alone: no API, no database, no queue. Describes, undoes and describes again until
 * every target is as it was captured, or the time is over. One kit that cannot be undone never keeps another waiting.
 */
export async function recover(cli: Cli, options: RecoverOptions): Promise<number> {
  const kits = options.kit.map((path) => ({ path, kit: readKit(cli, path) }))
  const faults = await cli.openFaults()
  const ends = new AbortController()
  const stopListening = cli.onInterrupt(() => ends.abort())
  const deadlineMs = cli.clock.monotonicMs() + options.timeout * 1000
  try {
    const recovered = await Promise.all(
      kits.map(({ path, kit }) => recoverKit(cli, path, kit, faults.catalogue, deadlineMs, ends.signal)),
    )
    print(cli, options, 'recover', recovered, () => recovered.map(recoveredText).join('\n'))
    return recovered.every(({ isOut }) => isOut) ? EXIT.held : EXIT.recoveryIncomplete
  } finally {
    stopListening()
    faults.close()
  }
}

function readKit(cli: Cli, path: string): Kit {
  try {
    return parseKit(readFileSync(resolve(cli.cwd, path), 'utf8'))
  } catch (error) {
    const why =
      error instanceof Error && 'code' in error ? error.message : 'it does not have the format of a kit'
    throw new CliError(EXIT.usage, `${path}: this is no recovery kit (firedrill-recovery-kit/1): ${why}.`)
  }
}

async function recoverKit(
  cli: Cli,
  path: string,
  kit: Kit,
  faults: FaultCatalogue,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<Recovered> {
  const say = (text: string) => cli.terminal.err(`${path}: ${text}\n`)
  const { runId: run, step, undo } = kit
  const about = { kit: path, run, step, fault: undo.fault, commands: [...undo.commands] }
  const driver = faults.get(undo.fault)
  if (driver === undefined) {
    say(`this installation does not have the fault ${undo.fault}; run the kit's commands by hand`)
    return { ...about, isOut: false, rounds: 0, targets: [] }
  }
  const log = (what: string, details: unknown) => say(`${what} ${JSON.stringify(details)}`)
  const ports = { faults, calls: cli.clock, log }
  const memory = createKitMemory(async (learnt) => keepInKit(resolve(cli.cwd, path), learnt, say))
  const left = new Set(undo.decided?.left)
  let seen = await look(kit, ports, memory, signal, say)
  let isOut = false
  let rounds = 0
  while (!isOut && !signal.aborted) {
    rounds++
    try {
      ;({ isOut } = await undoFromKit(kit, ports, signal, memory))
    } catch (error) {
      say(
        `round ${rounds} failed and will be tried again: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
    seen = await look(kit, ports, memory, signal, say)
    // The last look decides: what it did not show is not said.
    isOut =
      isOut &&
      seen.length > 0 &&
      seen.every(({ target, injection }) => isClean(injection) || left.has(target))
    if (isOut || cli.clock.monotonicMs() + ROUND_MS > deadlineMs) break
    await cli.clock.sleep(ROUND_MS, signal)
  }
  return {
    ...about,
    isOut,
    rounds,
    targets: seen.map(({ target, injection, seen }) => ({ target, injection, seen })),
  }
}

async function look(
  kit: Kit,
  ports: Parameters<typeof lookByKit>[1],
  memory: KitMemory,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<readonly TargetSeen[]> {
  const answer = await lookByKit(kit, ports, signal, memory)
  if (!answer.ok) {
    say(`the targets could not be described: ${answer.failure.message}`)
    return []
  }
  for (const { target, injection, seen } of answer.value) say(`${target} is ${injection}: ${seen}`)
  return answer.value
}

/** A kit that is called for again then need not ask for the same undo twice. One that cannot be written does no harm. */
function keepInKit(path: string, kit: Kit, say: (text: string) => void): void {
  try {
    writeFileSync(`${path}.new`, JSON.stringify(kit, null, 2), { mode: 0o600 })
    renameSync(`${path}.new`, path)
  } catch (error) {
    say(`what the undo answered could not be kept in the kit: ${String(error)}`)
  }
}

function recoveredText({ kit, isOut, targets, commands }: Recovered): string {
  const lines = targets.map(({ target, injection, seen }) => `  ${injection.padEnd(10)} ${target}  ${seen}`)
  const byHand = isOut ? [] : ['  By hand:', ...commands.map((command) => `    ${command}`)]
  return [
    `${kit}: ${isOut ? 'every target described as captured' : 'NOT PUT BACK'}`,
    ...lines,
    ...byHand,
  ].join('\n')
}
