import { readdir, readFile } from 'node:fs/promises'
import { ERRORS, type ErrorCode } from '@firedrill/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../../test/start-api.ts'
import { ERROR_PAGES_DIR } from '../routes/documents/document-routes.ts'

const CODES = Object.keys(ERRORS) as readonly ErrorCode[]

describe('error pages', () => {
  it('there is one for each code, and none without a code', async () => {
    const pages = (await readdir(ERROR_PAGES_DIR)).map((name) => name.replace(/\.md$/, ''))
    expect(pages.toSorted()).toEqual(CODES.toSorted())
  })

  it.each(CODES)(
    '%s says what happened, what may still be broken and what to do, as the table has it',
    async (code) => {
      const page = await readFile(new URL(`${code}.md`, ERROR_PAGES_DIR), 'utf8')
      const { title, status, owner, retry } = ERRORS[code]
      expect(page).toContain(`# ${code}\n\n${title}.`)
      expect(page.replaceAll(/ +/g, ' ')).toContain(`| ${status} | ${owner} | ${retry} |`)
      const headings = [...page.matchAll(/^## (.+)$/gm)].map((match) => match[1])
      expect(headings).toEqual(['What happened', 'What may still be broken', 'What to do now'])
      for (const part of page.split(/^## .+$/m).slice(1)) expect(part.trim().length).toBeGreaterThan(40)
    },
  )
})

describe('error answers', () => {
  let api: TestApi
  beforeEach(async () => {
    api = await startTestApi({
      change: {
        halt: {
          get: () =>
            Promise.reject(new Error('connect ECONNREFUSED postgresql://me:hunter2secret@10.0.0.9/prod')),
          set: () => Promise.reject(new Error('not here')),
          lift: () => Promise.reject(new Error('not here')),
        },
      },
    })
  })
  afterEach(() => api.close())
  const headers = () => ({ host: `127.0.0.1:${api.port}`, authorization: `Bearer ${api.token}` })

  it('are problem+json whose type is the address of a page that is served', async () => {
    const answer = await api.raw('/v1/runs/run_nothing', { headers: headers() })
    expect(answer.headers['content-type']).toBe('application/problem+json')
    const problem = JSON.parse(answer.body) as { type: string; code: string; status: number; title: string }
    expect(problem).toMatchObject({ code: 'not-found', status: 404, title: ERRORS['not-found'].title })
    const page = await fetch(problem.type)
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('# not-found')])
  })

  it('never show the inside of a failure; the log does, without its secrets', async () => {
    const answer = await api.raw('/v1/halt', { headers: headers() })
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'unexpected', status: 500, problems: [] })
    expect(answer.body).not.toMatch(/ECONNREFUSED|10\.0\.0\.9|at \w+/)
    expect(api.log.join('')).toContain('ECONNREFUSED')
    expect(api.log.join('')).not.toContain('hunter2secret')
  })

  it.each([
    ['bad JSON', '{"reason":', 'application/json'],
    ['another media type', 'reason=x', 'application/x-www-form-urlencoded'],
    ['a body beyond the limit', JSON.stringify({ reason: 'x'.repeat(2_000_000) }), 'application/json'],
    ['a wrong type', '{"reason":7}', 'application/json'],
    ['nothing', '', 'application/json'],
  ])('name the caller as the owner of %s', async (_what, body, type) => {
    const answer = await api.raw('/v1/halt', {
      method: 'POST',
      headers: { ...headers(), 'content-type': type, 'content-length': String(Buffer.byteLength(body)) },
      body,
    })
    expect([answer.status, (JSON.parse(answer.body) as { code: string }).code]).toEqual([
      400,
      'request-invalid',
    ])
  })

  it('carry the security headers, as every answer does', async () => {
    for (const path of ['/v1/halt', '/v1/runs', '/nothing', '/healthz', '/docs/']) {
      const answer = await api.raw(path, { headers: headers() })
      expect(answer.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
      })
    }
  })
})
