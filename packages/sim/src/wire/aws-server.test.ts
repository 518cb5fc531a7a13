import { DescribeAlarmsCommand, ListMetricsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { CopyImageCommand, DescribeInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2'
import { CreateTargetAccountConfigurationCommand, ListExperimentsCommand } from '@aws-sdk/client-fis'
import {
  GetHealthCheckStatusCommand,
  ListHealthChecksCommand,
  ListHostedZonesCommand,
  ListTrafficPoliciesCommand,
  Route53Client,
} from '@aws-sdk/client-route-53'
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts'
import { DescribeAccountLimitsCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSdkArena, type ClientSettings, type SdkArena } from '../testing/sdk-arena.ts'

let arena: SdkArena
beforeEach(async () => {
  arena = await openSdkArena()
})
afterEach(() => arena.close())

/** One harmless call per protocol. */
function callEach(settings: ClientSettings) {
  const clients = arena.clients(settings)
  return {
    ec2: () => clients.ec2.send(new DescribeInstancesCommand({})),
    sts: () => clients.sts.send(new GetCallerIdentityCommand({})),
    route53: () => clients.route53.send(new ListHostedZonesCommand({})),
    fis: () => clients.fis.send(new ListExperimentsCommand({})),
    cloudWatch: () => clients.cloudWatch.send(new DescribeAlarmsCommand({})),
  }
}

const instanceIds = () => [...arena.simulator.world.compute.inRegion('eu-west-1')].map(({ id }) => id)

describe('signatures', () => {
  it('lets a correctly signed call through in every protocol, and tells who called', async () => {
    const calls = callEach({})
    for (const call of Object.values(calls)) await expect(call()).resolves.toBeDefined()
    expect(await calls.sts()).toMatchObject({
      Account: '111122223333',
      Arn: 'arn:aws:iam::111122223333:user/firedrill',
    })
  })

  it('refuses a wrong secret in the words of each protocol', async () => {
    const calls = callEach({ credentials: { ...arena.credentials, secretAccessKey: 'wrong' } })
    await expect(calls.ec2()).rejects.toMatchObject({
      name: 'AuthFailure',
      $metadata: { httpStatusCode: 401 },
    })
    await expect(calls.sts()).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
      $metadata: { httpStatusCode: 403 },
    })
    await expect(calls.route53()).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
      $metadata: { httpStatusCode: 403 },
    })
    await expect(calls.fis()).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      $metadata: { httpStatusCode: 403 },
    })
    await expect(calls.cloudWatch()).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } })
  })

  it('takes the keys it was started with, and no others', async () => {
    const keys = { accessKeyId: 'AKIADRILL', secretAccessKey: 'of-my-own' }
    const own = await openSdkArena({ keys })
    try {
      const identity = new GetCallerIdentityCommand({})
      expect((await own.clients({ credentials: keys }).sts.send(identity)).Account).toBe('111122223333')
      await expect(own.sts.send(identity)).rejects.toMatchObject({ name: 'InvalidClientTokenId' })
    } finally {
      await own.close()
    }
  })

  it('refuses a key that does not exist in the words of each protocol', async () => {
    const calls = callEach({ credentials: { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' } })
    await expect(calls.ec2()).rejects.toMatchObject({ name: 'AuthFailure' })
    await expect(calls.sts()).rejects.toMatchObject({ name: 'InvalidClientTokenId' })
    await expect(calls.route53()).rejects.toMatchObject({ name: 'InvalidClientTokenId' })
    await expect(calls.fis()).rejects.toMatchObject({ name: 'UnrecognizedClientException' })
    await expect(calls.cloudWatch()).rejects.toMatchObject({ Code: 'InvalidClientTokenId' })
  })

  it('refuses a Region that does not exist, and Route 53 calls signed for anything but us-east-1', async () => {
    const calls = callEach({ region: 'mars-north-1' })
    await expect(calls.ec2()).rejects.toMatchObject({ name: 'AuthFailure' })
    await expect(calls.sts()).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
      message: "Credential should be scoped to a valid region, not 'mars-north-1'. ",
    })
    const { endpoints } = arena.simulator
    const astray = new Route53Client({
      region: 'eu-central-1',
      endpoint: endpoints.aws,
      credentials: arena.credentials,
    })
    await expect(astray.send(new ListHostedZonesCommand({}))).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    })
    astray.destroy()
  })

  it('refuses a signature older than 15 minutes of platform time, with the times in the message', async () => {
    const { sts, route53 } = arena.clients()
    for (const client of [sts, route53]) client.config.systemClockOffset = -16 * 60 * 1_000
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
      message: expect.stringMatching(
        /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 15 min\.\)$/,
      ),
    })
    route53.config.systemClockOffset = 16 * 60 * 1_000
    await expect(route53.send(new ListHostedZonesCommand({}))).rejects.toMatchObject({
      message: expect.stringContaining('Signature not yet current'),
    })
  })

  it('refuses unsigned calls, and calls whose body was changed on the way', async () => {
    const unsigned = await fetch(arena.simulator.endpoints.aws, {
      method: 'POST',
      body: 'Action=DescribeInstances',
    })
    expect(unsigned.status).toBe(403)
    expect(await unsigned.text()).toContain('<Code>MissingAuthenticationToken</Code>')
    const { otherUserAgents, operations } = arena.simulator.world.calls.counters()
    expect(otherUserAgents).toEqual({ node: 1 })
    expect(operations).toEqual({ 'ec2.refused': 1 })
    const { ec2 } = arena.clients()
    ec2.middlewareStack.add(
      (next) => async (args) => {
        const request = args.request as { body: string; headers: Record<string, string> }
        request.body = request.body.replace('DescribeInstances', 'DescribeRegions')
        request.headers['content-length'] = String(Buffer.byteLength(request.body))
        return next(args)
      },
      { step: 'finalizeRequest', priority: 'low', name: 'tamper' },
    )
    await expect(ec2.send(new DescribeInstancesCommand({}))).rejects.toMatchObject({ name: 'AuthFailure' })
  })

  it('accepts the credentials that AssumeRole hands out, as the role, until they are tampered with', async () => {
    const role = { RoleArn: 'arn:aws:iam::111122223333:role/FiredrillInjector', RoleSessionName: 'run-1' }
    const { Credentials, AssumedRoleUser } = await arena.sts.send(new AssumeRoleCommand(role))
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    }
    const identity = await callEach({ credentials }).sts()
    expect(identity.Arn).toBe('arn:aws:sts::111122223333:assumed-role/FiredrillInjector/run-1')
    expect(identity.UserId).toBe(AssumedRoleUser?.AssumedRoleId)
    const forged = callEach({ credentials: { ...credentials, sessionToken: `x${credentials.sessionToken}` } })
    await expect(forged.sts()).rejects.toMatchObject({ name: 'InvalidClientTokenId' })
    const other = { ...role, RoleArn: 'arn:aws:iam::999999999999:role/Other' }
    await expect(arena.sts.send(new AssumeRoleCommand(other))).rejects.toMatchObject({ name: 'AccessDenied' })
  })
})

describe('unknown operations', () => {
  it('are answered in the shape of each protocol, never with an HTML page', async () => {
    await expect(
      arena.ec2.send(new CopyImageCommand({ Name: 'x', SourceImageId: 'ami-1', SourceRegion: 'eu-west-1' })),
    ).rejects.toMatchObject({
      name: 'InvalidAction',
      message: 'The action CopyImage is not valid for this web service.',
    })
    await expect(arena.sts.send(new GetSessionTokenCommand({}))).rejects.toMatchObject({
      name: 'InvalidAction',
    })
    await expect(arena.elbv2.send(new DescribeAccountLimitsCommand({}))).rejects.toMatchObject({
      name: 'InvalidAction',
    })
    await expect(arena.route53.send(new ListTrafficPoliciesCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      $metadata: { httpStatusCode: 404 },
    })
    const fis = arena.fis.send(
      new CreateTargetAccountConfigurationCommand({
        experimentTemplateId: 'EXT1',
        accountId: '1',
        roleArn: 'r',
      }),
    )
    await expect(fis).rejects.toMatchObject({ name: 'UnknownOperationException' })
  })

  it('answers a service that is not there at all without falling over', async () => {
    const headers = {
      authorization:
        'AWS4-HMAC-SHA256 Credential=FIREDRILLSIM/20261103/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00',
      'x-amz-target': 'DynamoDB_20120810.ListTables',
    }
    const answer = await fetch(arena.simulator.endpoints.aws, { method: 'POST', headers, body: '{}' })
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({
      __type: expect.stringContaining('UnknownOperationException'),
    })
  })
})

describe('adversity and throttling', () => {
  it('applies a call and drops the reply, so that only a describe tells what happened', async () => {
    const [id = ''] = instanceIds()
    arena.simulator.world.adversity.add({
      operation: 'ec2.StopInstances',
      kind: 'drop',
      probability: 1,
      count: 1,
      delay: 0,
    })
    await expect(arena.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }))).rejects.toMatchObject({
      code: 'ECONNRESET',
    })
    expect(arena.simulator.world.compute.instances.get(id)?.state).toBe('stopping')
  })

  it('fails and throttles without applying, with the errors that the SDK retries', async () => {
    const [id = ''] = instanceIds()
    const { adversity, compute } = arena.simulator.world
    adversity.add({ operation: 'ec2.*', kind: 'throttle', probability: 1, count: 1, delay: 0 })
    adversity.add({ operation: 'ec2.*', kind: 'fail', probability: 1, count: 1, delay: 0 })
    const stop = (maxAttempts: number) =>
      arena.clients({ maxAttempts }).ec2.send(new StopInstancesCommand({ InstanceIds: [id] }))
    await expect(stop(1)).rejects.toMatchObject({
      name: 'RequestLimitExceeded',
      $metadata: { httpStatusCode: 503 },
    })
    await expect(stop(1)).rejects.toMatchObject({ name: 'InternalError', $metadata: { httpStatusCode: 500 } })
    expect(compute.instances.get(id)?.state).toBe('running')
    adversity.add({ operation: 'ec2.StopInstances', kind: 'fail', probability: 1, count: 1, delay: 0 })
    await expect(stop(2)).resolves.toMatchObject({ $metadata: { attempts: 2 } })
  })

  it('lists every mutating call with its outcome, token and caller, refused ones included', async () => {
    const [id = ''] = instanceIds()
    await arena.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }))
    await arena.ec2.send(new DescribeInstancesCommand({}))
    await arena.ec2
      .send(new StopInstancesCommand({ InstanceIds: ['i-0123456789abcdef0'] }))
      .catch(() => undefined)
    expect(arena.simulator.world.calls.mutations()).toMatchObject([
      {
        service: 'ec2',
        operation: 'StopInstances',
        region: 'eu-west-1',
        accessKey: 'FIREDRILLSIM',
        outcome: 'ok',
      },
      { operation: 'StopInstances', outcome: 'InvalidInstanceID.NotFound' },
    ])
    expect(arena.simulator.world.calls.mutations()[0]).toMatchObject({
      summary: expect.stringContaining(id),
      userAgent: expect.stringMatching(/^aws-sdk-js\//),
    })
    expect(arena.simulator.world.calls.counters().otherUserAgents).toEqual({})
  })

  it('throttles GetHealthCheckStatus after its burst of four and lets it go on as world time passes', async () => {
    await arena.close()
    arena = await openSdkArena({ throttling: true })
    const { HealthChecks = [] } = await arena.route53.send(new ListHealthChecksCommand({}))
    const status = () =>
      arena.route53.send(new GetHealthCheckStatusCommand({ HealthCheckId: HealthChecks[0]?.Id }))
    for (let call = 0; call < 4; call += 1) await status()
    await expect(status()).rejects.toMatchObject({
      name: 'Throttling',
      message: 'Rate exceeded',
      $metadata: { httpStatusCode: 400 },
    })
    arena.advance(1)
    await expect(status()).resolves.toBeDefined()
  })
})

describe('bodies', () => {
  it('reads the gzip bodies that the SDK sends for large PutMetricData calls', async () => {
    const encodings: (string | undefined)[] = []
    const { cloudWatch } = arena.clients()
    cloudWatch.middlewareStack.add(
      (next) => async (args) => {
        encodings.push((args.request as { headers: Record<string, string> }).headers['content-encoding'])
        return next(args)
      },
      { step: 'finalizeRequest', priority: 'low', name: 'spy' },
    )
    const MetricData = Array.from({ length: 200 }, (_, index) => ({
      MetricName: `probe-${index}`,
      Value: index,
      Dimensions: [{ Name: 'Vantage', Value: 'somewhere-with-a-long-name' }],
      StorageResolution: 1,
    }))
    await cloudWatch.send(new PutMetricDataCommand({ Namespace: 'Firedrill', MetricData }))
    expect(encodings).toEqual(['gzip'])
    arena.advance(30)
    const { Metrics } = await cloudWatch.send(
      new ListMetricsCommand({ Namespace: 'Firedrill', MetricName: 'probe-199' }),
    )
    expect(Metrics).toHaveLength(1)
  })

  it('puts a request id on every answer and platform time into the Date header', async () => {
    const { $metadata } = await arena.ec2.send(new DescribeInstancesCommand({}))
    expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/)
    const answer = await fetch(arena.simulator.endpoints.aws)
    expect(Math.abs(Date.parse(answer.headers.get('date') ?? '') - Date.now())).toBeLessThan(5_000)
  })
})
