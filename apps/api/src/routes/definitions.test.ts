import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from '../../test/start-api.ts'

let api: TestApi
beforeEach(async () => {
  api = await startTestApi()
})
afterEach(() => api.close())

const SCENARIO = await readFile(
  new URL('../../../../scenarios/dns-record-removal/scenario.yaml', import.meta.url),
  'utf8',
)
const SECRET = 'firedrill-simulator-secret'
const ENVIRONMENT = `apiVersion: firedrill.dev/v1
kind: Environment
metadata:
  name: sandbox
  title: A world on this laptop
spec:
  kind: sandbox
  account: "111122223333"
  regions: { primary: eu-west-1, standby: eu-central-1 }
  homeRegion: standby
  hostedZones:
    public: { id: Z0123456789, domain: larkspur.example }
  aws:
    endpoint: http://127.0.0.1:4601
    credentials: { source: static, accessKeyId: FIREDRILLSIM, secretAccessKey: ${SECRET} }
    fisRoleArn: arn:aws:iam::111122223333:role/fis
  clock: { source: real }
  probes:
    vantages:
      - name: eu-central
  touch:
    requiredTags: { ChaosReady: "true" }
    blastRadius: { targetsMax: 10, percentMax: 100 }
`
const CLOUD = ENVIRONMENT.replace('kind: sandbox', 'kind: cloud')
  .replace('http://127.0.0.1:4601', 'aws')
  .replace(/credentials: .*/, 'credentials: { source: profile, profile: prod }')

describe('PUT /v1/scenarios/:name', () => {
  it('201 for a new version, 200 for the same again, and both can be read', async () => {
    const first = await api.client.scenarios.put('dns-record-removal', { source: SCENARIO, origin: 'file' })
    expect(first).toMatchObject({
      isNew: true,
      scenario: { name: 'dns-record-removal', version: 1, origin: 'file' },
    })
    const again = await api.client.scenarios.put('dns-record-removal', { source: SCENARIO, origin: 'ci' })
    expect(again).toMatchObject({ isNew: false, scenario: { version: 1, hash: first.scenario.hash } })
    const changed = SCENARIO.replace(/title: .*/, 'title: Another title')
    const second = await api.client.scenarios.put('dns-record-removal', { source: changed })
    expect(second).toMatchObject({
      isNew: true,
      scenario: { version: 2, title: 'Another title', origin: 'editor' },
    })
    expect(await api.client.scenarios.list()).toHaveLength(1)
    expect((await api.client.scenarios.get('dns-record-removal')).version).toBe(2)
    expect((await api.client.scenarios.get('dns-record-removal', first.scenario.hash)).source).toBe(SCENARIO)
  })

  it('422 with every problem and its place, and nothing stored', async () => {
    const broken = SCENARIO.replace(/hypothesis:/, 'hypotesis:').replace(/title: .*/, 'titel: x')
    const refusal = await api.client.scenarios
      .put('dns-record-removal', { source: broken })
      .catch((error: unknown) => error)
    expect(refusal).toMatchObject({ problem: { code: 'definition-invalid', status: 422 } })
    const { problems } = (refusal as { problem: { problems: readonly { line?: number }[] } }).problem
    expect(problems.length).toBeGreaterThan(1)
    for (const problem of problems) expect(problem.line).toBeGreaterThan(0)
    expect(await api.client.scenarios.list()).toEqual([])
  })

  it('422 for a file of another name than the address', async () => {
    const put = api.client.scenarios.put('another-name', { source: SCENARIO })
    await expect(put).rejects.toMatchObject({ problem: { code: 'definition-invalid' } })
  })

  it('404 for what is not there, by name and by hash', async () => {
    const code = { problem: { code: 'not-found' } }
    await expect(api.client.scenarios.get('nothing')).rejects.toMatchObject(code)
    await api.client.scenarios.put('dns-record-removal', { source: SCENARIO })
    await expect(api.client.scenarios.get('dns-record-removal', 'f'.repeat(64))).rejects.toMatchObject(code)
  })
})

describe('environments', () => {
  it('are stored with their secret, which no answer shows', async () => {
    const stored = await api.client.environments.put('sandbox', { source: ENVIRONMENT, origin: 'file' })
    expect(stored).toMatchObject({
      isNew: true,
      environment: { environmentKind: 'sandbox', isStartable: true },
    })
    const kept = await api.stores.definitions.latest('default', 'environment', 'sandbox')
    expect(kept?.compiled.aws.credentials).toMatchObject({ secretAccessKey: SECRET })
    const shown = [stored, await api.client.environments.get('sandbox'), await api.client.environments.list()]
    expect(JSON.stringify(shown)).not.toContain(SECRET)
    expect(JSON.stringify(shown)).toContain('***')
  })

  it('are refused when they are no sandbox', async () => {
    await expect(api.client.environments.put('sandbox', { source: CLOUD })).rejects.toMatchObject({
      problem: { code: 'sandbox-only', status: 403 },
    })
    expect(await api.client.environments.list()).toEqual([])
  })
})

describe('POST /v1/plan', () => {
  it('answers targets, guardrails, calls, permissions and undo commands, and leaves no trace', async () => {
    await api.book()
    const plan = await api.client.plan({
      scenario: { name: 'lose-one-instance' },
      environment: { name: 'lab' },
      seed: 3,
    })
    expect(plan).toMatchObject({
      allowed: true,
      seed: 3,
      permissions: ['fake:Describe', 'fake:Set'],
      steps: [
        {
          step: 'break',
          restoration: 'exact',
          population: 3,
          undoCommands: [expect.stringContaining('fake set i-')],
        },
      ],
      reference: { seed: 3, planHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    })
    expect(plan.guardrails.map((answer) => answer.guardrail)).toContain('blast-radius')
    const again = await api.client.plan({
      scenario: { name: 'lose-one-instance' },
      environment: { name: 'lab' },
      seed: 3,
    })
    expect(again).toEqual(plan)
    expect(await api.client.runs.list()).toEqual([])
    expect(api.hints.sent).toEqual([])
  })

  it('is the one thing that may be done with an environment that is no sandbox, which is not stored', async () => {
    const plan = await api.client.plan({ scenario: { source: SCENARIO }, environment: { source: CLOUD } })
    expect(plan.environment.name).toBe('sandbox')
    expect(plan.guardrails.length).toBeGreaterThan(5)
    expect(await api.client.environments.list()).toEqual([])
  })

  it('shows a set halt as a refusal, not as an error', async () => {
    await api.book()
    await api.client.halt.set('not today')
    const plan = await api.client.plan({
      scenario: { name: 'lose-one-instance' },
      environment: { name: 'lab' },
    })
    expect(plan.allowed).toBe(false)
    expect(plan.guardrails.find((answer) => answer.guardrail === 'halt')).toMatchObject({ allow: false })
  })
})
