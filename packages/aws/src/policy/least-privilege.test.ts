import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildEnvironment } from '@firedrill/testkit'
import { describe, expect, it } from 'vitest'
import { ACTION_SCOPES, leastPrivilege } from './least-privilege.ts'

const SOURCES = new URL('../', import.meta.url).pathname
/** Every action that a list of permissions of the catalogue names. */
const named = new Set(
  readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.startsWith('policy/'))
    .flatMap((path) => [...readFileSync(join(SOURCES, path), 'utf8').matchAll(/PERMISSIONS = \[([^\]]*)\]/g)])
    .flatMap(([, list = '']) =>
      [...list.matchAll(/'([a-z0-9-]+:[A-Za-z]+)'/g)].map(([, action = '']) => action),
    ),
)

describe('the least privilege of a plan', () => {
  it('knows the scope of every action of the catalogue, and of no others', () => {
    expect(named.size).toBeGreaterThan(25)
    expect([...named].toSorted()).toEqual(Object.keys(ACTION_SCOPES).toSorted())
    // The control: what is not known is not allowed everywhere.
    expect(() =>
      leastPrivilege({
        permissions: ['ec2:TerminateInstances'],
        environment: buildEnvironment(),
        targets: [],
      }),
    ).toThrow('no scope is known for ec2:TerminateInstances')
  })

  it('acts on nothing without an account, a zone or a tag; only what describes is allowed everywhere', () => {
    const environment = buildEnvironment()
    const { Statement } = leastPrivilege({
      permissions: Object.keys(ACTION_SCOPES),
      environment,
      targets: ['route53:Z0123/api.shop.example/A/primary'],
    })
    for (const { Action, Resource, Condition } of Statement)
      if (Condition !== undefined && 'route53:VPCs' in (Condition['ForAllValues:StringEquals'] ?? {}))
        expect([Action, Resource]).toEqual([['route53:CreateHostedZone'], ['*']])
      else if (Resource.includes('*')) for (const action of Action) expect(action).toMatch(/:(Describe|List)/)
      else
        for (const arn of Resource)
          expect(arn).toMatch(/^arn:aws:[a-z0-9-]+:[a-z0-9-]*:(\d{12}:|:(hostedzone|change)\/)/)
    const changes = Statement.find(({ Action }) => Action.includes('route53:ChangeResourceRecordSets'))
    expect(changes).toMatchObject({
      Resource: ['arn:aws:route53:::hostedzone/Z0123'],
      Condition: {
        'ForAllValues:StringEquals': {
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['api.shop.example'],
          'route53:ChangeResourceRecordSetsRecordTypes': ['A'],
        },
      },
    })
    const start = Statement.find(({ Action }) => Action.includes('ec2:StartInstances'))
    for (const [key, value] of Object.entries(environment.touch.requiredTags))
      expect(start?.Condition?.['StringEquals']).toMatchObject({ [`aws:ResourceTag/${key}`]: value })
    expect(Statement.flatMap(({ Action }) => Action).toSorted()).toEqual(
      Object.keys(ACTION_SCOPES).toSorted(),
    )
  })

  it('names the VPC that may get a private zone, and nothing but the SOA in it', () => {
    const environment = buildEnvironment()
    const { Statement } = leastPrivilege({
      permissions: ['route53:CreateHostedZone', 'route53:ChangeResourceRecordSets'],
      environment,
      targets: ['route53:shadow/vpc-1/queue.eu-west-1.amazonaws.com'],
    })
    const vpcs = Object.values(environment.regions).map((region) => `VPCId=vpc-1,VPCRegion=${region}`)
    expect(Statement.map(({ Condition }) => Condition?.['ForAllValues:StringEquals'])).toEqual(
      expect.arrayContaining([
        { 'route53:VPCs': [...new Set(vpcs)].toSorted() },
        {
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['queue.eu-west-1.amazonaws.com'],
          'route53:ChangeResourceRecordSetsRecordTypes': ['SOA'],
        },
      ]),
    )
  })
})
