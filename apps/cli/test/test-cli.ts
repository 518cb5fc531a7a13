import { tmpdir } from 'node:os'
import { createNetworkCheck } from '@firedrill/probes'
import { systemClock } from '@firedrill/runtime'
import type { Cli } from '../src/cli.ts'
import { runCli } from '../src/run-cli.ts'

/** What one call of the command line said and answered. */
export type Called = Readonly<{ exitCode: number; out: string; err: string }>

/** Calls `firedrill` inside this process, with everything real but the terminal. */
export async function call(args: readonly string[], overrides: Partial<Cli> = {}): Promise<Called> {
  const out: string[] = []
  const err: string[] = []
  const cli: Cli = {
    version: '0.0.0',
    terminal: {
      out: (text) => out.push(text),
      err: (text) => err.push(text),
      isLive: false,
      width: 100,
      paint: (_, text) => text,
    },
    env: {},
    cwd: tmpdir(),
    stateDirs: [],
    clock: systemClock,
    openFaults: async () => ({ catalogue: { get: () => undefined, list: () => [] }, close: () => undefined }),
    openNetwork: async () => createNetworkCheck(systemClock),
    openRouting: async () => ({
      routing: { routesOf: async () => ({ ok: true, value: [] }) },
      close: () => undefined,
    }),
    startSimulator: () => ({
      ready: Promise.resolve(null),
      ended: Promise.resolve(1),
      stop: () => undefined,
    }),
    onInterrupt: () => () => undefined,
    ...overrides,
  }
  const exitCode = await runCli(args, cli)
  return { exitCode, out: out.join(''), err: err.join('') }
}
