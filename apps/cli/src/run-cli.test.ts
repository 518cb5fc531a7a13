import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call } from '../test/test-cli.ts'
import { SHAPES } from './output/shapes.ts'

const SCENARIOS = fileURLToPath(new URL('../../../scenarios', import.meta.url))
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'firedrill-cli-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const file = (name: string, text: string) => writeFileSync(join(dir, name), text)

describe('the command line', () => {
  it.each([
    ['no command at all', []],
    ['an unknown command', ['explode']],
    ['an unknown option', ['runs', '--nope']],
    ['a missing argument', ['watch']],
    ['a missing required option', ['abort', 'latest']],
    ['an output that does not exist', ['runs', '-o', 'xml']],
    ['a number that is none', ['run', 'x', '-e', 'y', '--seed', 'twelve']],
    ['a run without an environment', ['run', 'instance-kill']],
    ['an address that is none', ['runs', '--url', 'localhost']],
    ['a halt without a reason', ['halt']],
    ['a prober without a vantage', ['probe']],
    ['a pause without a reason', ['pause', 'latest']],
    ['an answer that is none', ['resolve', 'latest', 'web-1', '--reason', 'x', '--answer', 'maybe']],
    ['a file that is not there', ['run', './none.yaml', '-e', 'sandbox']],
  ])('exits 2 and keeps stdout empty for %s', async (_, args) => {
    const { exitCode, out, err } = await call(args)
    expect([exitCode, out]).toEqual([2, ''])
    expect(err).not.toBe('')
  })

  it('exits 0 for help and version', async () => {
    expect((await call(['--version'])).out).toBe('0.0.0\n')
    const { exitCode, out } = await call(['--help'])
    expect(exitCode).toBe(0)
    expect(out).toContain('5   recovery is incomplete: faults may be live')
  })

  it('exits 1 and says what to do when the API does not answer', async () => {
    const { exitCode, out, err } = await call(['runs', '-o', 'json', '--url', 'http://127.0.0.1:1'])
    expect([exitCode, out]).toEqual([1, ''])
    expect(err).toMatch(/http:\/\/127\.0\.0\.1:1 does not answer.*npm start/)
  })

  it('as a process: data on stdout, no colours in a pipe, and the exit code', () => {
    const args = ['--disable-warning=ExperimentalWarning', MAIN, 'validate', SCENARIOS, '-o', 'json']
    const out = execFileSync(process.execPath, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    expect(SHAPES.validate.parse(JSON.parse(out)).length).toBeGreaterThanOrEqual(3)
  })
})

describe('validate', () => {
  it('finds every file of the library valid', async () => {
    const { exitCode, out } = await call(['validate', SCENARIOS])
    expect([exitCode, out]).toEqual([0, ''])
  })

  it('prints file:line:column for every problem of every file, and exits 2', async () => {
    file(
      'one.yaml',
      'apiVersion: firedrill.dev/v1\nkind: Scenario\nmetadata:\n  name: one\nspec:\n  hypotesis: x\n',
    )
    file('two.yaml', 'apiVersion: firedrill.dev/v1\nkind: Environment\nmetadata: {\n')
    file('unrelated.yaml', 'name: not ours\n')
    const { exitCode, out } = await call(['validate', '.'], { cwd: dir })
    expect(exitCode).toBe(2)
    expect(out).toMatch(/^one\.yaml:6:3: .*hypotesis/m)
    expect(out).toMatch(/^two\.yaml:\d+:\d+: /m)
    expect(out).not.toContain('unrelated')
    const json = await call(['validate', 'one.yaml', 'two.yaml', '-o', 'json'], { cwd: dir })
    const answer = SHAPES.validate.parse(JSON.parse(json.out))
    expect(answer.map(({ valid, kind }) => [valid, kind])).toEqual([
      [false, 'Scenario'],
      [false, null],
    ])
    expect(answer.flatMap(({ problems }) => problems).every(({ line }) => line !== undefined)).toBe(true)
  })

  it('lets a scenario extend one that lies beside it', async () => {
    file(
      'child.yaml',
      'apiVersion: firedrill.dev/v1\nkind: Scenario\nmetadata: { name: child }\nspec: { extends: parent }\n',
    )
    const alone = await call(['validate', 'child.yaml'], { cwd: dir })
    expect([alone.exitCode, alone.out]).toEqual([
      2,
      expect.stringMatching(/^child\.yaml:4:18: there is no scenario named parent/m),
    ])
    const { out } = await call(['validate', join(SCENARIOS, 'instance-kill'), '-o', 'json'])
    expect(SHAPES.validate.parse(JSON.parse(out))).toHaveLength(1)
    const parent = execFileSync('cat', [join(SCENARIOS, 'instance-kill/scenario.yaml')], { encoding: 'utf8' })
    file('parent.yaml', parent.replace('name: instance-kill', 'name: parent'))
    expect((await call(['validate', 'child.yaml'], { cwd: dir })).exitCode).toBe(0)
  })
})

describe('schedules and calendars', () => {
  it('name every problem of a calendar file by line before anything is sent', async () => {
    file(
      'close.ics',
      'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261224\nEND:VEVENT\nEND:VCALENDAR\n',
    )
    const { exitCode, out, err } = await call(['calendar', 'import', 'close.ics'], { cwd: dir })
    expect([exitCode, out]).toEqual([2, ''])
    expect(err).toMatch(/^close\.ics:3:20: a date begins at another instant[^]*--zone Europe\/Berlin/)
  })

  it.each([
    ['neither --cron nor --at', []],
    ['both', ['--cron', '0 10 * * tue', '--at', '2026-12-01T09:00']],
    ['a lateness that is none', ['--at', '2026-12-01T09:00', '--late', 'soon']],
    ['an instant without its offset', ['--at', '2026-12-01T09:00', '--until', '2027-01-01T09:00']],
  ])('exit 2 for %s', async (_, args) => {
    expect((await call(['schedule', 'add', 'x', '-e', 'y', ...args])).exitCode).toBe(2)
  })
})

describe('what needs no API', () => {
  it('prints the schemas of files as editors read them, and of outputs', async () => {
    const { out } = await call(['schema', 'scenario'])
    expect(JSON.parse(out)).toMatchObject({ $schema: 'http://json-schema.org/draft-07/schema#' })
    for (const name of Object.keys(SHAPES))
      expect(JSON.parse((await call(['schema', name])).out)).toHaveProperty('$schema')
    expect((await call(['schema', 'nothing'])).exitCode).toBe(2)
  })

  it('completes commands, options and choices in bash', async () => {
    const { out } = await call(['completion', 'bash'])
    const complete = (...words: string[]) =>
      execFileSync(
        'bash',
        [
          '-c',
          `${out}\nCOMP_WORDS=(firedrill "$@"); COMP_CWORD=$#; _firedrill; echo "\${COMPREPLY[@]}"`,
          '_',
          ...words,
        ],
        { encoding: 'utf8' },
      ).trim()
    expect(complete('re')).toBe('report recompute resume retry resolve recover')
    expect(complete('recover', '--k')).toBe('--kit')
    expect(complete('schema', 'env')).toBe('environment')
    expect((await call(['completion', 'fish'])).out).toContain(
      "-n '__fish_seen_subcommand_from halt' -l lift",
    )
    expect((await call(['completion', 'zsh'])).out).toMatch(/^#compdef firedrill\n/)
  })
})

describe('the token', () => {
  let server: Server
  const heard: (string | undefined)[] = []
  beforeEach(async () => {
    heard.length = 0
    server = createServer((request, response) => {
      heard.push(request.headers.authorization)
      response.setHeader('content-type', 'application/json').end('{"runs":[]}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(() => new Promise((resolve) => server.close(resolve)))

  it('comes from the option, else the variable, else the sandbox nearby; that one goes to loopback only', async () => {
    const { port } = server.address() as AddressInfo
    file('api-token', 'of-the-sandbox\n')
    const runs = (host: string, args: string[], env: Record<string, string>) =>
      call(['runs', '-o', 'json', '--url', `http://${host}:${port}`, ...args], {
        env,
        stateDirs: [join(dir, 'no'), dir],
      })
    expect((await runs('127.0.0.1', ['--token', 'given'], { FIREDRILL_TOKEN: 'variable' })).out).toBe('[]\n')
    await runs('127.0.0.1', [], { FIREDRILL_TOKEN: 'variable' })
    await runs('127.0.0.1', [], {})
    // A name may resolve to any host, so it does not count as this machine.
    await runs('localhost', [], {})
    expect(heard).toEqual(['Bearer given', 'Bearer variable', 'Bearer of-the-sandbox', undefined])
  })
})
