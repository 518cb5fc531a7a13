import { spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { toyCheckout } from './toy-checkout.ts'

/** Waits for the sandbox's first line, by when it deals with signals. */
async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('no standard output')
  const [line] = (await once(createInterface({ input: stdout }), 'line')) as [string]
  return line
}

describe('npm start', () => {
  it('installs once, then hands over: arguments in, exit code out, and its own lines on standard error only', async () => {
    const checkout = toyCheckout()
    const first = await checkout.run(['99', '--json', 'a b'])
    expect(first).toMatchObject({ code: 99, stdout: '{"args":["99","--json","a b"]}\n' })
    expect(first.stderr).toContain('installing packages')
    const second = await checkout.run(['0'])
    expect(second).toMatchObject({ code: 0, stderr: '' })
    expect(checkout.installations()).toBe(1)
  })

  it('installs again when the lockfile changed or a dependency is gone', async () => {
    const checkout = toyCheckout()
    await checkout.run()
    checkout.write('pnpm-lock.yaml', 'lockfileVersion: 2\n')
    await checkout.run()
    expect(checkout.installations()).toBe(2)
    rmSync(join(checkout.root, 'packages/page/node_modules/left-pad'), { recursive: true })
    await checkout.run()
    expect(checkout.installations()).toBe(3)
  })

  it.each([
    ['no network', 'npm error code EAI_AGAIN', /registry could not be reached/, /HTTPS_PROXY/],
    ['a full disk', 'ERR_PNPM_ENOSPC  ENOSPC: no space left on device', /disk is full/, /Free about 2 GB/],
    [
      'a full disk, said over two lines',
      'No space left\n  │   on device (os error 28)',
      /disk is full/,
      /Free about 2 GB/,
    ],
    ['a read-only checkout', 'EROFS: read-only file system', /cannot be written/, /chown/],
    [
      'a lockfile of other versions',
      'ERR_PNPM_OUTDATED_LOCKFILE',
      /does not match/,
      /pnpm@12\.21\.0 install/,
    ],
    ['anything else', 'out of cheese', /installation failed/, /Remove node_modules/],
  ])('says what to do about %s, and tries again next time', async (_, said, problem, advice) => {
    const checkout = toyCheckout()
    checkout.breakInstallation(said)
    const failed = await checkout.run()
    expect(failed).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(problem) })
    expect(failed.stderr).toMatch(advice)
    expect(failed.stderr).toContain(said.split('\n')[0])
    checkout.breakInstallation(null)
    expect((await checkout.run()).code).toBe(0)
  })

  it('builds what has a build, and again only when something that goes into it changed', async () => {
    const checkout = toyCheckout()
    const built = () => readFileSync(join(checkout.root, 'packages/page/built'), 'utf8').length
    const build = 'printf x >> built; mkdir -p dist; echo page > dist/page.html'
    const manifest = { name: 'page', dependencies: { 'left-pad': '1.0.0' }, scripts: { build } }
    checkout.write('packages/page/package.json', JSON.stringify(manifest))
    checkout.write('packages/page/src/page.ts', 'export {}')
    // What the build writes beside its outputs would change its inputs, so they are named.
    const task = { inputs: ['src/**', 'package.json'], outputs: ['dist/**'] }
    checkout.write('turbo.json', JSON.stringify({ tasks: { build: { outputs: [] }, 'page#build': task } }))
    await checkout.run()
    await checkout.run()
    expect(built()).toBe(1)
    appendFileSync(join(checkout.root, 'packages/page/src/page.test.ts'), '// a test')
    await checkout.run()
    expect(built()).toBe(1)
    appendFileSync(join(checkout.root, 'packages/page/src/page.ts'), '// a change')
    await checkout.run()
    expect(built()).toBe(2)
    rmSync(join(checkout.root, 'packages/page/dist/page.html'))
    await checkout.run()
    expect(built()).toBe(3)
  })

  it('shows what a failing build said', async () => {
    const checkout = toyCheckout()
    const manifest = { name: 'page', scripts: { build: 'echo "page.ts: a mistake"; exit 3' } }
    checkout.write('packages/page/package.json', JSON.stringify(manifest))
    const failed = await checkout.run()
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('page.ts: a mistake') })
    expect(failed.stderr).toContain('Building page failed')
  })

  it('passes a signal on and the exit code back', async () => {
    const child = toyCheckout().start(['--wait'])
    await firstLine(child)
    child.kill('SIGTERM')
    const [code] = (await once(child, 'exit')) as [number]
    expect(code).toBe(7)
  })

  it('lets the sandbox know when it was killed alone', async () => {
    const child = toyCheckout().start(['--wait'])
    await firstLine(child)
    const lines = createInterface({ input: child.stdout ?? process.stdin })
    const next = once(lines, 'line') as Promise<[string]>
    child.kill('SIGKILL')
    expect(await next).toEqual(['left alone'])
  })

  it('dies with its whole group: nothing holds its output open', async () => {
    const child = toyCheckout().start(['--wait'])
    await firstLine(child)
    const closed = once(child, 'close')
    process.kill(-(child.pid ?? 0), 'SIGKILL')
    await closed
  })

  it('tells the owner of an old Node what to do, before anything else', async () => {
    const checkout = toyCheckout()
    const pretend = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'16.20.2'})"
    const refused = await checkout.run([], ['--import', pretend])
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('this is Node 16.20.2') })
    expect(() => checkout.installations()).toThrow('ENOENT')
  })
})

describe('npm test', () => {
  const checks = (environment: Record<string, string>) =>
    spawnSync(process.execPath, [join(import.meta.dirname, 'checks.mjs')], {
      encoding: 'utf8',
      env: { PATH: '/nowhere', ...environment },
    })

  it('fails when a required tool is absent, naming the command that installs it', () => {
    const { status, stderr } = checks({ FIREDRILL_REQUIRE: 'redis' })
    expect(status).toBe(1)
    expect(stderr).toMatch(/FIREDRILL_REQUIRE asks for redis/)
    expect(stderr).toMatch(/Install: .*redis/)
  })

  it('does not take a misspelt requirement for none', () => {
    const { status, stderr } = checks({ FIREDRILL_REQUIRE: 'reddis' })
    expect(status).toBe(1)
    expect(stderr).toMatch(/reddis.*which no test knows/)
  })
})
