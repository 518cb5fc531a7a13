import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findTool, have } from '@firedrill/local'
import { openMetrics, serveMetrics } from '@firedrill/runtime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../../../test/start-api.ts'

const OBSERVABILITY = fileURLToPath(new URL('../../../../../infra/observability', import.meta.url))
const read = (name: string) => readFileSync(join(OBSERVABILITY, name), 'utf8')

let api: TestApi
let text: string
beforeAll(async () => {
  api = await startTestApi()
  await api.startRun()
  await api.client.webhooks.create({ name: 'hook', url: 'http://127.0.0.1:1/' })
  await api.raw('/v1/runs', { headers: { authorization: `Bearer ${api.token}` } })
  text = (await api.raw('/metrics', { headers: { authorization: `Bearer ${api.token}` } })).body
})
afterAll(() => api.close())

/** What a worker shows, as another process has it. */
async function workerText(): Promise<string> {
  const metrics = await openMetrics('advance')
  metrics.timer('firedrill_advance_duration_seconds', 'as in a worker', ['role', 'came'])(
    { role: 'advance', came: 'yielded' },
    0.1,
  )
  const server = await serveMetrics(metrics, { host: '127.0.0.1', port: 0 })
  try {
    expect((await fetch(new URL('/', server.url))).status).toBe(404)
    return await (await fetch(server.url)).text()
  } finally {
    await server.close()
  }
}

describe('metrics', () => {
  it('say how the platform stands, to who may know', async () => {
    expect((await api.raw('/metrics')).status).toBe(401)
    for (const line of [
      'firedrill_runs{status="booked",part="api"} 1',
      'firedrill_faults_overdue{part="api"} 0',
      'firedrill_halted{part="api"} 0',
      'firedrill_state_read{part="api"} 1',
    ])
      expect(text.split('\n')).toContain(line)
  })

  it('time requests by the pattern of their route and know no run', () => {
    expect(text).toMatch(
      /http_request_duration_seconds_count\{part="api",method="GET",route="\/v1\/runs",status="200"\} 1/,
    )
    expect(text).not.toMatch(/(run|drl|whk)_[0-9a-z]{20}/)
  })

  it('leave out what could not be read, and say so', async () => {
    const away = await startTestApi({ change: { readStanding: () => Promise.reject(new Error('away')) } })
    const { body } = await away.raw('/metrics', { headers: { authorization: `Bearer ${away.token}` } })
    expect(body).toContain('firedrill_state_read{part="api"} 0')
    expect(body).not.toMatch(/^firedrill_faults_overdue\{/m)
    await away.close()
  })
})

describe('what comes along for Prometheus and Grafana', () => {
  it.each(['alerts.yml', 'dashboard.json'])('%s asks for metrics that there are', async (name) => {
    const shown = `${text}\n${await workerText()}`
    const asked = [
      ...read(name).matchAll(/\b(firedrill_[a-z0-9_]+|process_[a-z_]+|nodejs_[a-z0-9_]+)\b/g),
    ].map(([word]) => word)
    expect(new Set(asked).size).toBeGreaterThan(5)
    for (const word of asked) expect(shown).toMatch(new RegExp(`^${word}[{ ]`, 'm'))
  })

  it.skipIf(!have('promtool'))(
    'holds what promtool asks for, and a fault past its expiry calls a person',
    async () => {
      const promtool = findTool('promtool') ?? ''
      const ask = (args: readonly string[], input?: string) =>
        execFileSync(promtool, [...args], {
          cwd: OBSERVABILITY,
          input,
          encoding: 'utf8',
          stdio: ['pipe', 'pipe', 'pipe'],
        })
      ask(['check', 'rules', 'alerts.yml'])
      ask(['test', 'rules', 'alerts.test.yml'])
      ask(['check', 'config', '--syntax-only', 'prometheus.yml'])
      ask(['check', 'metrics'], text.replaceAll(/^.*(process|nodejs)_.*$\n/gm, ''))
      // Control: a rule that never fires is noticed.
      const dir = mkdtempSync(join(tmpdir(), 'firedrill-rules-'))
      writeFileSync(
        join(dir, 'alerts.yml'),
        read('alerts.yml').replace('firedrill_faults_overdue) > 0', 'firedrill_faults_overdue) > 9'),
      )
      writeFileSync(join(dir, 'alerts.test.yml'), read('alerts.test.yml'))
      expect(() => ask(['test', 'rules', join(dir, 'alerts.test.yml')])).toThrow()
      rmSync(dir, { recursive: true })
    },
  )
})
