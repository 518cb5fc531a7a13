import { readFileSync } from 'node:fs'
import { compiledEnvironmentSchema } from '@firedrill/core'
import { describe, expect, it } from 'vitest'
import { formatProblems } from '../problem/problems.ts'
import { compileEnvironment, type EnvironmentOptions } from './compile-environment.ts'

const SANDBOX = readFileSync(
  new URL('../../../../scenarios/environments/sandbox.yaml', import.meta.url),
  'utf8',
)
const CLOUD = `apiVersion: firedrill.dev/v1
kind: Environment
metadata: { name: staging }
spec:
  kind: cloud
  account: "111122223333"
  regions: { primary: eu-west-1, standby: eu-central-1 }
  homeRegion: standby
  aws:
    credentials: { source: profile, profile: drills }
    fisRoleArn: arn:aws:iam::111122223333:role/firedrill-fis
  probes: { vantages: [{ name: here }] }
  touch: { requiredTags: { ChaosReady: "true" }, blastRadius: { targetsMax: 4 } }
`

function told(text: string, options?: EnvironmentOptions): readonly string[] {
  const result = compileEnvironment(text, options)
  return result.ok ? [] : formatProblems(result.problems, 'x').split('\n')
}

describe('an environment file', () => {
  it('takes the certificate of an authority, and never a key', () => {
    const withCa = (pem: string) =>
      CLOUD.replace('probes: { vantages', `probes: { ca: ${JSON.stringify(pem)}, vantages`)
    const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
    const result = compileEnvironment(withCa(pem))
    expect(result.ok && result.compiled.probes.ca).toBe(pem)
    expect(told(withCa(`${pem}-----BEGIN PRIVATE KEY-----`))[0]).toMatch(/a private key is never stored/)
    expect(told(withCa('ca.pem'))[0]).toMatch(/not a certificate in PEM \(spec\.probes\.ca\)/)
  })

  it('compiles with every default filled in', () => {
    const result = compileEnvironment(
      CLOUD.replace('touch:', 'windows: [{ days: [tue, wed], from: "09:00", to: "24:00" }]\n  touch:'),
    )
    expect(result.ok && compiledEnvironmentSchema.parse(result.compiled)).toMatchObject({
      title: 'staging',
      enabled: true,
      production: false,
      clock: { source: 'real' },
      aws: { endpoint: 'aws' },
      hostedZones: {},
      touch: {
        exemptTag: 'firedrill:exempt',
        protectedRecords: [],
        blastRadius: { targetsMax: 4, percentMax: 100 },
      },
      windows: [{ fromMinute: 540, toMinute: 1440, timeZone: 'UTC' }],
      approvalsNeeded: 0,
    })
  })

  it('of the sandbox compiles without any variable, and follows those it is given', () => {
    const plain = compileEnvironment(SANDBOX)
    expect(plain.ok && plain.compiled.aws.endpoint).toBe('http://127.0.0.1:4601')
    const moved = compileEnvironment(SANDBOX, { env: { FIREDRILL_SANDBOX_AWS: 'http://127.0.0.1:5601' } })
    expect(moved.ok && moved.compiled.aws.endpoint).toBe('http://127.0.0.1:5601')
  })

  it('never takes an unset variable for an empty text, and never looks beyond the map it is given', () => {
    const text = CLOUD.replace('profile: drills', 'profile: "${env:HOME}"')
    expect(told(text)).toEqual([
      'x:10:46: the variable HOME is not set (spec.aws.credentials.profile)',
      '    Set it, or write ${env:HOME:-otherwise}.',
    ])
    expect(told(text, { env: { HOME: '' } })).toHaveLength(2)
    expect(told(text, { env: { HOME: 'x' } })).toEqual([])
    expect(told(CLOUD.replace('profile: drills', 'profile: "${env:toString}"'))[0]).toContain(
      'is no reference',
    )
  })

  it('has the reaper for a dead man unless it says otherwise, and a scheduler only together with its role', () => {
    const role = 'schedulerRoleArn: arn:aws:iam::111122223333:role/firedrill-dead-man'
    const withRole = CLOUD.replace('fisRoleArn', `${role}\n    fisRoleArn`)
    const scheduled = withRole.replace('kind: cloud', 'kind: cloud\n  deadMan: aws-scheduler')
    const compiled = compileEnvironment(scheduled)
    expect(compiled.ok && compiled.compiled).toMatchObject({
      deadMan: 'aws-scheduler',
      aws: { schedulerRoleArn: role.slice(18) },
    })
    const plain = compileEnvironment(CLOUD)
    const said = compileEnvironment(CLOUD.replace('kind: cloud', 'kind: cloud\n  deadMan: reaper'))
    expect(said.ok && plain.ok && said.compiled).toEqual(plain.ok && plain.compiled)
    expect(told(CLOUD.replace('kind: cloud', 'kind: cloud\n  deadMan: aws-scheduler'))[0]).toMatch(
      /needs the role by which EventBridge Scheduler acts \(spec\.deadMan\)/,
    )
    expect(told(withRole)[0]).toMatch(/no dead man uses this role \(spec\.aws\.schedulerRoleArn\)/)
  })

  it('tells every problem at once', () => {
    expect(
      told(
        CLOUD.replace('"111122223333"', '111122223333')
          .replace('homeRegion: standby', 'homeRegion: standbye')
          .replace('eu-central-1', 'frankfurt')
          .replace('kind: cloud', 'kind: cloud\n  clock: { source: simulator, url: localhost:4610 }')
          .replace('{ name: here }', '{ name: here, resolver: 1.1.1.1 }, { name: here }')
          .replace(
            'touch:',
            'windows: [{ days: [tues], from: "17:00", to: "9:00", timeZone: Europe/Berln }]\n  touch:',
          ),
      ),
    ).toEqual([
      'x:6:20: a cloud environment lives in real time (spec.clock.source)',
      'x:6:36: not an http or https URL (spec.clock.url)',
      '    For example: http://127.0.0.1:4601',
      'x:7:12: an AWS account id is written in quotes: "111122223333" (spec.account)',
      'x:8:43: an AWS Region code looks like eu-west-1 (spec.regions.standby)',
      'x:9:15: there is no Region named standbye under regions (spec.homeRegion)',
      '    Did you mean standby?',
      'x:13:48: a resolver is written host:port (spec.probes.vantages[0].resolver)',
      '    For example: 127.0.0.1:4602',
      'x:13:67: another vantage is already named here (spec.probes.vantages[1].name)',
      'x:14:22: expected one of mon, tue, wed, thu, fri, sat, sun, found "tues" (spec.windows[0].days[0])',
      '    Did you mean tue?',
      'x:14:48: a time of day is written HH:MM (spec.windows[0].to)',
      'x:14:66: there is no time zone named Europe/Berln (spec.windows[0].timeZone)',
      '    For example: Europe/Berlin',
    ])
  })

  it('keeps a sandbox on loopback, by literal address and with keys of its own', () => {
    const sandbox = CLOUD.replace('kind: cloud', 'kind: sandbox')
    expect(told(sandbox)[0]).toContain('a sandbox is reached on a literal loopback address only')
    for (const endpoint of [
      'http://localhost:4601',
      'http://127.0.0.1.example.com',
      'https://ec2.eu-west-1.amazonaws.com',
    ])
      expect(told(sandbox.replace('aws:\n', `aws:\n    endpoint: ${endpoint}\n`))[0]).toContain('loopback')
    expect(told(sandbox.replace('aws:\n', 'aws:\n    endpoint: http://127.0.0.1:4601\n'))).toEqual([])
    expect(
      told(
        sandbox
          .replace('aws:\n', 'aws:\n    endpoint: http://127.0.0.1:4601\n')
          .replace('{ source: profile, profile: drills }', '{ source: environment-variables }'),
      )[0],
    ).toContain('a sandbox never uses AWS_* variables')
  })

  it('says when nothing may start, to the microsecond, and what is never touched', () => {
    const result = compileEnvironment(
      CLOUD.replace(
        'touch: {',
        `freezes:
    - { from: 2026-12-18T17:00:00+01:00, to: 2027-01-06, reason: year end }
    - { from: 2028-02-29, to: 2028-02-29T12:00:00.5Z, reason: half a day }
  hostedZones: { corporate: { id: Z1, domain: example.test } }
  touch: { protectedTags: { tier: gold }, protectedZones: [corporate, eu-west-1c], irreversible: false, `,
      ),
    )
    expect(result.ok && compiledEnvironmentSchema.parse(result.compiled)).toMatchObject({
      freezes: [
        { from: Date.UTC(2026, 11, 18, 16) * 1000, to: Date.UTC(2027, 0, 7) * 1000, reason: 'year end' },
        { from: Date.UTC(2028, 1, 29) * 1000, to: Date.UTC(2028, 1, 29, 12, 0, 0, 500) * 1000 },
      ],
      touch: {
        protectedTags: { tier: 'gold' },
        protectedZones: ['corporate', 'eu-west-1c'],
        irreversible: false,
      },
    })
  })

  it('refuses a freeze or a protected zone that would protect nothing', () => {
    expect(
      told(
        CLOUD.replace(
          'touch: {',
          `freezes:
    - { from: 2027-02-29, to: 2027-03-01, reason: no such day }
    - { from: 2027-01-02, to: 2027-01-01, reason: backwards }
    - { from: tomorrow, to: 2027-01-01T25:00:00Z, reason: no instant }
  touch: { protectedZones: [corporat], `,
        ),
      ),
    ).toEqual([
      'x:14:15: there is no such date (spec.freezes[0].from)',
      'x:15:31: a freeze ends after it begins (spec.freezes[1].to)',
      'x:16:15: a date such as 2026-12-24, or an instant with its offset such as 2026-12-18T17:00:00+01:00 (spec.freezes[2].from)',
      'x:16:29: a date such as 2026-12-24, or an instant with its offset such as 2026-12-18T17:00:00+01:00 (spec.freezes[2].to)',
      'x:17:29: neither a hosted zone of this environment nor an Availability Zone: corporat (spec.touch.protectedZones[0])',
    ])
  })

  it('that says nothing of them compiles to what it always did, so its hash stays', () => {
    const result = compileEnvironment(CLOUD)
    expect(result.ok && Object.keys(result.compiled)).not.toContain('freezes')
    expect(result.ok && Object.keys(result.compiled.touch)).toEqual([
      'requiredTags',
      'exemptTag',
      'protectedRecords',
      'blastRadius',
    ])
  })

  it('does not know parameters, and scenarios do not know variables', () => {
    expect(told(CLOUD.replace('profile: drills', 'profile: "${limit}"'))[0]).toContain(
      '${limit} is no reference',
    )
  })
})
