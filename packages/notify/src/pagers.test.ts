import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@firedrill/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCommandPager } from './command-pager.ts'
import { createNobodyPager } from './nobody-pager.ts'
import { createWebhookPager } from './webhook-pager.ts'

const PAGE: Page = {
  id: 'run_1/2',
  runId: 'run_1',
  run: 7,
  scenario: 'lose-a-record',
  environment: 'shop',
  reason: 'not put back: "a"; $(touch pwned)',
  page: 2,
  link: 'http://127.0.0.1:4600/runs/run_1',
}
const soon = () => AbortSignal.timeout(10_000)

let dir: string
let logged: string[]
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'firedrill-page-'))
  logged = []
})
afterEach(() => rm(dir, { recursive: true, force: true }))

function byCommand(command: string, env: NodeJS.ProcessEnv = {}) {
  return createCommandPager({
    command,
    env: { PATH: process.env['PATH'], ...env },
    log: (what, details) => void logged.push(`${what} ${JSON.stringify(details)}`),
  })
}

describe('a page by command', () => {
  it('hands over the page on standard input and in variables, and runs nothing that stands in them', async () => {
    const seen = join(dir, 'seen')
    const pager = byCommand(
      `cd ${dir} && cat > ${seen} && printf '%s|%s' "$FIREDRILL_REASON" "$FIREDRILL_LINK" >> ${seen}`,
    )
    expect(await pager.page(PAGE, soon())).toEqual({ ok: true, seen: 'the page command ended with 0' })
    const text = await readFile(seen, 'utf8')
    expect(JSON.parse(text.slice(0, text.indexOf('}not put back') + 1))).toMatchObject({
      format: 'firedrill.dev/page/v1',
      id: 'run_1/2',
      run: { id: 'run_1', number: 7 },
    })
    expect(text.endsWith(`${PAGE.reason}|${PAGE.link}`)).toBe(true)
    await expect(readFile(join(dir, 'pwned'))).rejects.toThrow('ENOENT')
  })

  it('does not hand over the platform’s own secrets, and logs what the command says', async () => {
    const pager = byCommand('env', { DATABASE_URL: 'postgres://u:hunter2@db/x' })
    expect(await pager.page(PAGE, soon())).toMatchObject({ ok: true })
    expect(logged.join()).toContain('FIREDRILL_RUN_ID')
    expect(logged.join()).not.toContain('hunter2')
  })

  it('is a failure when the command fails, and when it does not end in time it goes with all it started', async () => {
    expect(await byCommand('exit 3').page(PAGE, soon())).toEqual({
      ok: false,
      why: 'the page command ended with 3',
    })
    const ends = new AbortController()
    const pidFile = join(dir, 'pid')
    const calling = byCommand(`sleep 60 & echo $! > ${pidFile}; wait`).page(PAGE, ends.signal)
    await expect.poll(() => readFile(pidFile, 'utf8').catch(() => '')).not.toBe('')
    ends.abort()
    // What the command started holds its output open: only with that gone, too, is the call over.
    expect(await calling).toMatchObject({ ok: false, why: expect.stringContaining('in time') as string })
  })

  it('takes a command that does not read its input', async () => {
    await writeFile(join(dir, 'x'), '')
    expect(await byCommand('true').page({ ...PAGE, reason: 'x'.repeat(100_000) }, soon())).toMatchObject({
      ok: true,
    })
  })
})

describe('a page by webhook', () => {
  async function receiver(status: number) {
    const got: Readonly<{ headers: IncomingHttpHeaders; body: string }>[] = []
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        got.push({ headers: request.headers, body })
        response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end('secret answer')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    return { got, url: `http://127.0.0.1:${port}/hook/token`, close: () => server.close() }
  }

  it('posts the page with an id by which the receiver tells a repeat', async () => {
    const at = await receiver(202)
    const pager = createWebhookPager({ url: at.url })
    expect(await pager.page(PAGE, soon())).toEqual({ ok: true, seen: 'the webhook answered 202' })
    expect(at.got[0]?.headers['idempotency-key']).toBe('run_1/2')
    expect(JSON.parse(at.got[0]?.body ?? '')).toMatchObject({ reason: PAGE.reason, link: PAGE.link })
    at.close()
  })

  it.each([500, 302])(
    'takes %i for nobody called, and repeats neither address nor answer',
    async (status) => {
      const at = await receiver(status)
      const came = await createWebhookPager({ url: at.url }).page(PAGE, soon())
      expect(came).toMatchObject({ ok: false })
      expect(JSON.stringify(came)).not.toMatch(/token|secret/)
      at.close()
    },
  )

  it('says what it met when nobody is there', async () => {
    const at = await receiver(200)
    await new Promise<void>((resolve) => {
      at.close().on('close', resolve)
    })
    expect(await createWebhookPager({ url: at.url }).page(PAGE, soon())).toEqual({
      ok: false,
      why: 'the webhook could not be reached: ECONNREFUSED',
    })
  })
})

it('an installation that cannot call anybody says so each time', async () => {
  expect(await createNobodyPager().page(PAGE, soon())).toMatchObject({
    ok: false,
    why: expect.stringContaining('FIREDRILL_PAGE_COMMAND') as string,
  })
})
