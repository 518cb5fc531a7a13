import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, onTestFinished } from 'vitest'

/** A directory that is removed when the current test has finished; any user may pass through it. */
export function scratchDirectory(): string {
  const path = make()
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** The same for all tests of a file, called outside of them: what one test left is there for the next. */
export function sharedDirectory(): string {
  const path = make()
  afterAll(() => rmSync(path, { recursive: true, force: true }))
  return path
}

function make(): string {
  const path = mkdtempSync(join(tmpdir(), 'fd-local-'))
  chmodSync(path, 0o711)
  return path
}
