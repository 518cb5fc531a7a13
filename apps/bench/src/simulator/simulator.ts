import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { UNITS, type Bench, type Figure } from '../figures/figure.ts'
import { ROOT } from '../sandbox/start-sandbox.ts'

/**
 * What the simulator promises of itself. It imports nothing of ours, so it measures itself as a program of its own, and
 * only what it prints is read here.
 */
export const simulator: Bench = {
  name: 'simulator',
  about:
    'start, requests, DNS answers, users, memory and lockstep of the simulator alone; one to two minutes',
  async *run() {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', join(ROOT, 'packages/sim/bench/simulator.ts')],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const exited = once(child, 'exit')
    try {
      for await (const line of createInterface({ input: child.stdout })) yield figureOf(line)
      const [code] = await exited
      if (code !== 0) throw new Error(`the simulator could not be measured; it ended with ${String(code)}`)
    } finally {
      child.kill('SIGTERM')
      await exited
    }
  },
}

/** @throws Error for a line that is no figure. */
function figureOf(line: string): Figure {
  const found = JSON.parse(line) as Record<string, unknown>
  const { figure, value, goal, better, seed } = found
  const unit = UNITS.find((known) => known === found['unit'])
  if (
    unit === undefined ||
    typeof figure !== 'string' ||
    typeof value !== 'number' ||
    typeof goal !== 'number' ||
    typeof seed !== 'number' ||
    (better !== 'lower' && better !== 'higher')
  )
    throw new Error(`the simulator printed something that is no figure: ${line}`)
  return { bench: 'simulator', figure, value, unit, goal, better, backend: null, seed }
}
