import { worldInstant, type WorldInstant } from '../time/instant.ts'
import type { Command } from './command.ts'
import type { RunState } from './state.ts'

/**
 * Of what several steps would do next, the one thing that is done: what ends or moves the run, then what stores a way back, so that
 * the reaper can copy while others act; then an act whose answer is not known, the next act, and a look. Looks take turns by
 * the time, so that a step that lags hides no other. Where all wait, the run waits for the first. Pure.
 */
export function turnOf(
  commands: readonly Command[],
  { steps }: RunState,
  worldNow: WorldInstant,
): Command | undefined {
  const rankOf = (command: Command) => rank(command, steps)
  const least = Math.min(...commands.map(rankOf))
  const equals = commands.filter((command) => rankOf(command) === least)
  if (least === LOOK) return equals[Math.floor(worldNow / 1_000_000) % equals.length]
  return least === WAIT ? waitingForFirst(equals) : equals[0]
}

const LOOK = 4
const WAIT = 5

function rank(command: Command, steps: RunState['steps']): number {
  if (command.do === 'prepare-undo') return 1
  // Until it is known whether it was done, nothing else is asked for: the same limit would turn that away too.
  if (command.do === 'confirm-injection') return steps[command.step.name]?.acceptedAt === undefined ? 2 : LOOK
  if (command.do === 'inject') return 3
  return command.do === 'wait' ? WAIT : 0
}

function waitingForFirst(waits: readonly Command[]): Command | undefined {
  const all = waits.flatMap((command) => (command.do === 'wait' ? [command] : []))
  const [first] = all
  if (first === undefined || all.length === 1) return first
  const until = Math.min(...all.map((wait) => wait.until ?? Infinity))
  const pollMs = Math.min(...all.map((wait) => wait.pollMs ?? Infinity))
  return {
    do: 'wait',
    why: first.why,
    ...(Number.isFinite(until) ? { until: worldInstant(until) } : {}),
    ...(Number.isFinite(pollMs) ? { pollMs } : {}),
  }
}
