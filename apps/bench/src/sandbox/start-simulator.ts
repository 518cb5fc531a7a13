import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { ROOT } from './start-sandbox.ts'

/**
 * Starts nothing but the simulator, on the state and the ports that a sandbox of these left, unless told otherwise with a
 * clock that hardly moves: to look at the world before anybody acts. Answers how to stop it.
 */
export async function startSimulatorAlone(
  stateDir: string,
  portBase: number,
  { world = 'warm-standby', rate = 1 }: Readonly<{ world?: string; rate?: number }> = {},
): Promise<Readonly<{ stop(): Promise<void> }>> {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(ROOT, 'packages/sim/start.mjs'),
      '--world',
      world,
      '--state',
      join(stateDir, 'simulator', world),
      '--rate',
      String(rate),
      '--seed',
      '1',
      '--aws-port',
      String(portBase + 1),
      '--dns-port',
      String(portBase + 2),
      '--gateway-port',
      String(portBase + 8),
      '--control-port',
      String(portBase + 9),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const exited = once(child, 'exit')
  await Promise.race([
    once(child.stdout, 'data'),
    exited.then(() => Promise.reject(new Error('the simulator ended'))),
  ])
  return {
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}
