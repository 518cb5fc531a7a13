import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))

// A copy, so that whoever else starts the simulator meanwhile finds its bundle whole.
const copy = mkdtempSync(join(tmpdir(), 'firedrill-sim-'))
const path = (name: string): string => join(copy, name)

beforeAll(() => {
  for (const part of ['package.json', 'start.mjs', 'src', 'tools', 'worlds'])
    cpSync(join(PACKAGE, part), path(part), { recursive: true })
  symlinkSync(join(PACKAGE, 'node_modules'), path('node_modules'))
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

/** The first line of a simulator that is started and stopped again; what it died of when there is none. */
const start = async (): Promise<string> => {
  const child = spawn(process.execPath, [path('start.mjs'), '--world', 'no-failover'], { stdio: 'pipe' })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    child.kill('SIGTERM')
  })
  await once(child, 'close')
  return said
}

describe('the simulator as it is started', () => {
  it('runs from its bundle, and from its sources when the bundle was made of others', async () => {
    expect(spawnSync(process.execPath, [path('tools/bundle.mjs')], { stdio: 'inherit' }).status).toBe(0)
    expect(await start()).toContain('"ready":true')
    writeFileSync(path('dist/bundle/simulator.cjs'), 'throw new Error("this is the bundle")')
    expect(await start()).toContain('this is the bundle')
    writeFileSync(path('dist/bundle/sources.sha256'), 'of other sources')
    expect(await start()).toContain('"ready":true')
  })
})
