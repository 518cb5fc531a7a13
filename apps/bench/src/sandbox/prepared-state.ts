import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePortBase } from './port-base.ts'
import { startSandbox } from './start-sandbox.ts'

/** What is worth keeping of a first start: making the database takes longer than all the rest. */
const KEPT = ['postgres', 'compile-cache', 'api-token', 'session-secret'] as const

/** State directories that have been started once, without any run in them. */
export type StateMaker = Readonly<{
  /** The directory that was started once. */
  first: string
  /** A new state directory of its own. */
  fresh(): string
  remove(): void
}>

/** Starts a sandbox once and stops it again; every `fresh()` is a copy of what it left. */
export async function prepareStates(): Promise<StateMaker> {
  const root = mkdtempSync(join(tmpdir(), 'firedrill-bench-'))
  // PostgreSQL does not run as root: its own user has to be able to pass.
  chmodSync(root, 0o755)
  const remove = () => rmSync(root, { recursive: true, force: true })
  const first = join(root, 'first')
  mkdirSync(first)
  const sandbox = startSandbox({
    stateDir: first,
    portBase: await freePortBase(),
    args: ['--idle', '--once'],
  })
  const { code } = await sandbox.exited
  if (code !== 0) {
    remove()
    throw new Error(`a first start failed with exit code ${code}:\n${sandbox.said()}`)
  }
  return { first, ...copiesOf(first, root), remove }
}

/** State directories of their own in `root`, each a copy of a prepared one. */
export function copiesOf(first: string, root: string): Pick<StateMaker, 'fresh'> {
  return {
    fresh() {
      const dir = mkdtempSync(join(root, 'state-'))
      chmodSync(dir, 0o755)
      for (const part of KEPT)
        // Owners and modes matter to PostgreSQL; cp -a keeps them.
        if (existsSync(join(first, part))) execFileSync('cp', ['-a', join(first, part), dir])
      return dir
    },
  }
}
