import { tmpdir } from 'node:os'
import { leastPrivilege } from '@firedrill/aws'
import { createNetworkCheck, createRemoteProber } from '@firedrill/probes'
import { systemClock } from '@firedrill/runtime'
import type { Cli } from '../src/cli.ts'
import { runCli } from '../src/run-cli.ts'

/** What one call of the command line said and answered. */
export type Called = Readonly<{ exitCode: number; out: string; err: string }>

/** Everything real but the terminal, which says nothing. */
export function testCli(overrides: Partial<Cli> = {}): Cli {
  return {
    version: '0.0.0',
    terminal: {
      out: () => undefined,
      err: () => undefined,
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
    leastPrivilege: async (scope) => leastPrivilege(scope),
    startProber: async ({ say, ...options }) =>
      createRemoteProber({ ...options, clock: systemClock, onTrouble: ({ kind }) => say(kind) }),
    startSimulator: () => ({
      ready: Promise.resolve(null),
      ended: Promise.resolve(1),
      stop: () => undefined,
    }),
    startRehearsal: () => ({ ready: Promise.reject(new Error('no world')), stop: async () => undefined }),
    openPrinter: () => undefined,
    git: async () => ({ exitCode: 1, out: '', err: 'no git' }),
    ask: async () => undefined,
    onInterrupt: () => () => undefined,
    ...overrides,
  }
}

/** Calls `firedrill` inside this process, with everything real but the terminal. */
export async function call(args: readonly string[], overrides: Partial<Cli> = {}): Promise<Called> {
  const out: string[] = []
  const err: string[] = []
  const cli = testCli(overrides)
  const terminal = {
    ...cli.terminal,
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
  }
  const exitCode = await runCli(args, { ...cli, terminal: overrides.terminal ?? terminal })
  return { exitCode, out: out.join(''), err: err.join('') }
}
