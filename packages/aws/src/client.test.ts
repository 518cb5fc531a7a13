import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling'
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch'
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { DescribeTargetGroupsCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { ListExperimentsCommand, StartExperimentCommand } from '@aws-sdk/client-fis'
import { ListHostedZonesCommand } from '@aws-sdk/client-route-53'
import { ListSchedulesCommand } from '@aws-sdk/client-scheduler'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import type { CompiledEnvironment } from '@firedrill/core'
import { buildEnvironment } from '@firedrill/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAwsClients } from './aws-clients.ts'
import { createAws, type Aws } from './client.ts'
import { endpointUrl, SERVICES } from './endpoints.ts'

type Heard = Readonly<{ headers: IncomingMessage['headers']; body: string; url: string }>
type Listener = Readonly<{ url: string; heard: Heard[]; connections: () => number; server: Server }>

const opened: Server[] = []
async function listener(): Promise<Listener> {
  const heard: Heard[] = []
  let connections = 0
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      heard.push({ headers: request.headers, body, url: request.url ?? '' })
      response.writeHead(400, { 'content-type': 'text/xml' }).end('<Response/>')
    })
  })
  server.on('connection', () => connections++)
  opened.push(server)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, heard, connections: () => connections, server }
}

const saved = { ...process.env }
let scratch: string
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'firedrill-aws-'))
})
afterEach(async () => {
  process.env = { ...saved }
  rmSync(scratch, { recursive: true })
  for (const server of opened.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

/** Everything by which a real account's settings reach an SDK, all pointing at the decoy. */
function setRealLookingEnvironment(decoy: string): void {
  const config = join(scratch, 'config')
  const credentials = join(scratch, 'credentials')
  writeFileSync(
    config,
    ['default', 'profile work']
      .map(
        (name) =>
          `[${name}]\nregion = us-west-2\nendpoint_url = ${decoy}\nuse_fips_endpoint = true\nretry_mode = adaptive\nmax_attempts = 9\n`,
      )
      .join('\n'),
  )
  writeFileSync(
    credentials,
    '[default]\naws_access_key_id = AKIAREALREALREALREAL\naws_secret_access_key = real\n[drills]\naws_access_key_id = AKIADRILLS\naws_secret_access_key = real\n[work]\naws_access_key_id = AKIAREALREALREALREAL\naws_secret_access_key = real\n',
  )
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIAREALREALREALREAL',
    AWS_SECRET_ACCESS_KEY: 'realrealrealrealrealrealrealrealrealreal',
    AWS_SESSION_TOKEN: 'real-session-token',
    AWS_PROFILE: 'work',
    AWS_REGION: 'us-west-2',
    AWS_DEFAULT_REGION: 'us-west-2',
    AWS_ENDPOINT_URL: decoy,
    AWS_ENDPOINT_URL_EC2: decoy,
    AWS_ENDPOINT_URL_FIS: decoy,
    AWS_ENDPOINT_URL_STS: decoy,
    AWS_ENDPOINT_URL_ROUTE_53: decoy,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: decoy,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${decoy}/credentials`,
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: credentials,
    AWS_USE_FIPS_ENDPOINT: 'true',
    AWS_USE_DUALSTACK_ENDPOINT: 'true',
    AWS_MAX_ATTEMPTS: '9',
  })
}

function sandbox(endpoint: string): CompiledEnvironment {
  const base = buildEnvironment()
  const credentials = { source: 'static', accessKeyId: 'FIREDRILLSIM', secretAccessKey: 'secret' } as const
  return { ...base, aws: { ...base.aws, endpoint, credentials } }
}

/** One call of every client; what it answers does not matter here. */
async function callEach(aws: Aws): Promise<void> {
  await Promise.allSettled([
    aws.ec2.send(new DescribeInstancesCommand({})),
    aws.elb.send(new DescribeTargetGroupsCommand({})),
    aws.route53.send(new ListHostedZonesCommand({})),
    aws.fis.send(new ListExperimentsCommand({})),
    aws.cloudwatch.send(new DescribeAlarmsCommand({})),
    aws.sts.send(new GetCallerIdentityCommand({})),
    aws.autoscaling.send(new DescribeAutoScalingGroupsCommand({})),
    aws.scheduler.send(new ListSchedulesCommand({})),
    aws.zonalShift({ method: 'GET', path: '/zonalshifts' }, { abortSignal: new AbortController().signal }),
  ])
}

describe('a sandbox environment', () => {
  it('ignores AWS_* variables, profiles, config files and instance metadata', async () => {
    const [simulator, decoy] = [await listener(), await listener()]
    setRealLookingEnvironment(decoy.url)
    const aws = createAws({ environment: sandbox(simulator.url), region: 'primary', purpose: 'inject' })
    await callEach(aws)
    expect(simulator.heard).toHaveLength(SERVICES.length)
    expect(decoy.connections()).toBe(0)
    for (const { headers } of simulator.heard) {
      expect(headers.authorization).toContain('Credential=FIREDRILLSIM/')
      expect(headers['x-amz-security-token']).toBeUndefined()
    }
    aws.close()
  })

  it('control: a client that is not made by the factory goes where the variables say', async () => {
    const decoy = await listener()
    setRealLookingEnvironment(decoy.url)
    delete process.env['AWS_PROFILE']
    delete process.env['AWS_USE_FIPS_ENDPOINT']
    delete process.env['AWS_USE_DUALSTACK_ENDPOINT']
    const wild = new EC2Client({ maxAttempts: 1, useFipsEndpoint: false, useDualstackEndpoint: false })
    await Promise.allSettled([wild.send(new DescribeInstancesCommand({}))])
    expect(decoy.connections()).toBeGreaterThan(0)
    wild.destroy()
  })

  it('may not name credentials of this machine', () => {
    const base = sandbox('http://127.0.0.1:1')
    for (const credentials of [
      { source: 'environment-variables' } as const,
      { source: 'profile', profile: 'work' } as const,
    ]) {
      const environment = { ...base, aws: { ...base.aws, credentials } }
      expect(() => createAws({ environment, region: 'primary', purpose: 'observe' })).toThrow(
        /static credentials/,
      )
    }
  })
})

describe('a cloud environment', () => {
  const cloud = (
    endpoint: string,
    credentials: CompiledEnvironment['aws']['credentials'],
  ): CompiledEnvironment => {
    const base = sandbox(endpoint)
    return { ...base, environmentKind: 'cloud', aws: { ...base.aws, credentials } }
  }

  it.each([
    [{ source: 'profile', profile: 'drills' } as const, 'AKIADRILLS', undefined],
    [{ source: 'environment-variables' } as const, 'AKIAREALREALREALREAL', 'real-session-token'],
  ])('signs with the source it names, %o, and goes only to its own endpoint', async (source, key, token) => {
    const [endpoint, decoy] = [await listener(), await listener()]
    setRealLookingEnvironment(decoy.url)
    const aws = createAws({ environment: cloud(endpoint.url, source), region: 'primary', purpose: 'observe' })
    await callEach(aws)
    expect(decoy.connections()).toBe(0)
    expect(endpoint.heard).toHaveLength(SERVICES.length)
    for (const { headers } of endpoint.heard) {
      expect(headers.authorization).toContain(`Credential=${key}/`)
      expect(headers['x-amz-security-token']).toBe(token)
    }
    aws.close()
  })
})

describe('every client', () => {
  it('attempts a call once, as firedrill, signed for its Region, and Route 53 for us-east-1', async () => {
    const simulator = await listener()
    const aws = createAws({ environment: sandbox(simulator.url), region: 'primary', purpose: 'restore' })
    await callEach(aws)
    const scopes = simulator.heard.map(
      ({ headers }) => /Credential=\w+\/\d+\/([\w-]+\/[\w-]+)\//.exec(headers.authorization ?? '')?.[1],
    )
    expect(new Set(scopes)).toEqual(
      new Set([
        'eu-west-1/arc-zonal-shift',
        'eu-west-1/autoscaling',
        'eu-west-1/ec2',
        'eu-west-1/elasticloadbalancing',
        'eu-west-1/fis',
        'eu-west-1/monitoring',
        'eu-west-1/scheduler',
        'eu-west-1/sts',
        'us-east-1/route53',
      ]),
    )
    expect(simulator.heard).toHaveLength(SERVICES.length)
    for (const { headers, url } of simulator.heard) {
      expect(headers['user-agent']).toMatch(/firedrill\/\d+\.\d+\.\d+/)
      // The one service without an SDK client is signed by hand, and has no attempts to count.
      if (url !== '/zonalshifts') expect(headers['amz-sdk-request']).toBe('attempt=1; max=1')
    }
    aws.close()
  })

  it('carries the experiment options that the pinned FIS client drops', async () => {
    const simulator = await listener()
    const aws = createAws({ environment: sandbox(simulator.url), region: 'primary', purpose: 'inject' })
    const input = {
      clientToken: 't',
      experimentTemplateId: 'EXT1',
      experimentOptions: { actionsMode: 'skip-all' },
    }
    await Promise.allSettled([aws.fis.send(new StartExperimentCommand(input))])
    expect(JSON.parse(simulator.heard[0]?.body ?? '')).toEqual(input)
    expect(Number(simulator.heard[0]?.headers['content-length'])).toBe(simulator.heard[0]?.body.length)
    aws.close()
  })

  it('knows the public endpoints of the commercial partition, and guesses no others', () => {
    const environment = {
      ...sandbox('http://127.0.0.1:1'),
      aws: { ...sandbox('').aws, endpoint: 'aws' as const },
    }
    expect(endpointUrl(environment, 'fis', 'eu-west-1')).toBe('https://fis.eu-west-1.amazonaws.com')
    expect(endpointUrl(environment, 'route53', 'eu-west-1')).toBe('https://route53.amazonaws.com')
    expect(() => endpointUrl(environment, 'ec2', 'cn-north-1')).toThrow(/commercial partition/)
  })
})

describe('kept clients', () => {
  it('are the same for the same environment, Region and purpose, and others for another of these', () => {
    const clients = createAwsClients()
    const get = (endpoint: string, region: string, purpose: 'inject' | 'restore') =>
      clients.get({ environment: sandbox(endpoint), region, purpose })
    const first = get('http://127.0.0.1:1', 'primary', 'inject')
    expect(first.ok).toBe(true)
    const of = (outcome: ReturnType<typeof get>) => (outcome.ok ? outcome.value : undefined)
    expect(of(get('http://127.0.0.1:1', 'primary', 'inject'))).toBe(of(first))
    for (const other of [
      get('http://127.0.0.1:2', 'primary', 'inject'),
      get('http://127.0.0.1:1', 'standby', 'inject'),
      get('http://127.0.0.1:1', 'primary', 'restore'),
    ])
      expect(of(other)).not.toBe(of(first))
    clients.close()
    expect(of(get('http://127.0.0.1:1', 'primary', 'inject'))).not.toBe(of(first))
    clients.close()
  })

  it('are not made for a Region the environment does not name', () => {
    const clients = createAwsClients()
    const environment = sandbox('http://127.0.0.1:1')
    expect(clients.get({ environment, region: 'mars', purpose: 'inject' })).toMatchObject({
      ok: false,
      failure: { kind: 'invalid', code: 'EnvironmentUnfit' },
    })
    expect(clients.inRegion(environment, 'us-east-2', 'restore')).toMatchObject({ ok: false })
    expect(clients.inRegion(environment, 'eu-west-1', 'restore').ok).toBe(true)
    clients.close()
  })
})
