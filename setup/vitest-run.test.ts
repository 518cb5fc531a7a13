import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { readResult } from './vitest-run.mjs'

function read(content: string): ReturnType<typeof readResult> {
  const directory = mkdtempSync(join(tmpdir(), 'fd-result-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  writeFileSync(join(directory, 'result.json'), content)
  return readResult(join(directory, 'result.json'))
}

it('counts every test once, and a file that could not be loaded as a failure', () => {
  const tests = (...states: string[]) => states.map((status) => ({ status }))
  const testResults = [
    { status: 'passed', assertionResults: tests('passed', 'passed', 'skipped', 'pending', 'todo') },
    { status: 'failed', assertionResults: tests('passed', 'failed') },
    { status: 'failed', assertionResults: [] },
  ]
  expect(read(JSON.stringify({ testResults }))).toEqual({ passed: 3, failed: 2, skipped: 3 })
})

it('does not take a missing or broken result for one without failures', () => {
  expect(readResult('/nowhere/result.json')).toBeNull()
  expect(read('{"testResults": [')).toBeNull()
})
