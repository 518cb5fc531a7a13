import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scratchDirectory } from './testing/scratch.ts'

/** Asks a fresh process, with this PATH and environment, what it makes of Redis. */
function inProcess(environment: Record<string, string>): { path: string | null; have: boolean } {
  const script = `import { findTool, have } from ${JSON.stringify(join(import.meta.dirname, 'tools.ts'))}
    console.log(JSON.stringify({ path: findTool('redis'), have: have('redis') }))`
  const said = execFileSync(process.execPath, ['--input-type=module-typescript', '-e', script], {
    encoding: 'utf8',
    env: environment,
  })
  return JSON.parse(said) as { path: string | null; have: boolean }
}

function program(body: string): string {
  const directory = scratchDirectory()
  writeFileSync(join(directory, 'redis-server'), `#!/bin/sh\n${body}\n`, { mode: 0o755 })
  return directory
}

describe('optional tools', () => {
  it('are found only when they run: a stand-in that fails is passed over', () => {
    const broken = program('exit 127')
    const working = program('echo 7')
    expect(inProcess({ PATH: broken })).toEqual({ path: null, have: false })
    expect(inProcess({ PATH: `${broken}:${working}` }).path).toBe(join(working, 'redis-server'))
  })

  it('are what the test run says they are, when it says something', () => {
    expect(inProcess({ PATH: '/nowhere', FIREDRILL_HAVE: 'chromium,redis' }).have).toBe(true)
    expect(inProcess({ PATH: program('echo 7'), FIREDRILL_HAVE: '' }).have).toBe(false)
  })
})
