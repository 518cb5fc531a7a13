import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../../../test/start-api.ts'

let api: TestApi
let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'firedrill-web-'))
  const webDir = join(root, 'dist')
  await mkdir(join(webDir, 'assets'), { recursive: true })
  await writeFile(join(webDir, 'index.html'), '<title>the dashboard</title>')
  await writeFile(join(webDir, 'assets', 'index-Ab3dEf9h.js'), 'export {}')
  await writeFile(join(root, 'outside.txt'), 'kept from readers')
  api = await startTestApi({ webDir })
})
afterAll(async () => {
  await api.close()
  await rm(root, { recursive: true })
})

const get = (path: string, accept = 'text/html') =>
  api.raw(path, { headers: { host: `127.0.0.1:${api.port}`, accept } })

describe('the dashboard', () => {
  it.each(['/', '/runs/run_1', '/scenarios/a-b', '/wall/run_1?t=1'])(
    'is the page at %s, under a policy of its own',
    async (path) => {
      const { status, body, headers } = await get(path)
      expect([status, body]).toEqual([200, '<title>the dashboard</title>'])
      expect(headers['content-security-policy']).toContain("script-src 'self'")
      expect(headers['content-security-policy']).not.toContain('unsafe')
      expect(headers['cache-control']).toBe('no-cache')
    },
  )

  it('lets browsers keep what is named by its content', async () => {
    const { status, headers } = await get('/assets/index-Ab3dEf9h.js', '*/*')
    expect([status, headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable'])
    expect(headers['content-type']).toContain('/javascript')
  })

  it.each(['/v1/nothing', '/assets/gone-Ab3dEf9h.js', '/errors/nothing', '/missing.png', '/docs/nothing'])(
    'is not what answers at %s',
    async (path) => {
      const { status, headers } = await get(path)
      expect([status, headers['content-type']]).toEqual([404, 'application/problem+json'])
    },
  )

  it.each(['/../outside.txt', '/..%2foutside.txt', '/assets/..%2f..%2foutside.txt', '/%2e%2e/outside.txt'])(
    'never leaves its directory: %s',
    async (path) => {
      expect((await get(path, '*/*')).body).not.toContain('kept from readers')
    },
  )
})
