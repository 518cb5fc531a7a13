import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'vitest'
import { commandLine, startMark } from '../process-identity.ts'

/** A process of its own that started a server, to be killed by a test. */
export interface Holder {
  readonly child: ChildProcess
  /** What it said: where the server is, or why there is none. */
  readonly said: {
    readonly url: string
    readonly pid: number
    readonly code?: string
    readonly message?: string
  }
}

/** Starts `hold-postgres.ts` as the leader of a process group of its own, as a shell would. */
export async function startHolder(
  dataDir: string,
  options: { mode?: 'throw-away'; uid?: number } = {},
): Promise<Holder> {
  const script = join(import.meta.dirname, 'hold-postgres.ts')
  const args = [script, dataDir, ...(options.mode === undefined ? [] : [options.mode])]
  const identity = options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
    cwd: '/',
    ...identity,
  })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { child, said: JSON.parse(line) as Holder['said'] }
}

/** Kills a process so that it can do nothing about it, and waits until it is gone. */
export async function killHard(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** Waits until a process has ended, reaped or not. */
export function gone(pid: number, timeout = 10_000): Promise<void> {
  return expect.poll(() => startMark(pid), { timeout, interval: 20 }).toBeNull()
}

/** The watchdog processes of a cluster (Linux only: found by their command lines). */
export function watchdogsOf(place: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const line = commandLine(pid)
      return line !== null && line.includes('firedrill-postgres-watchdog') && line.includes(place)
    })
}
