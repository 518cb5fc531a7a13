import { compiledEnvironmentSchema, type CompiledEnvironment } from '@firedrill/core'

/** A sandbox environment in which drills may start at any time without approval. */
export function buildEnvironment(overrides: Partial<CompiledEnvironment> = {}): CompiledEnvironment {
  return compiledEnvironmentSchema.parse({
    apiVersion: 'firedrill.dev/v1',
    kind: 'Environment',
    name: 'lab',
    title: 'Lab',
    environmentKind: 'sandbox',
    production: false,
    enabled: true,
    account: '123456789012',
    regions: { primary: 'eu-west-1', standby: 'eu-central-1' },
    homeRegion: 'standby',
    hostedZones: { public: { id: 'Z0123456789', domain: 'example.test' } },
    aws: {
      endpoint: 'http://127.0.0.1:4601',
      credentials: { source: 'static', accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' },
      fisRoleArn: 'arn:aws:iam::123456789012:role/fis',
    },
    clock: { source: 'real' },
    probes: { vantages: [{ name: 'here' }] },
    touch: {
      requiredTags: { drill: 'yes' },
      exemptTag: 'drill-exempt',
      protectedRecords: [],
      blastRadius: { targetsMax: 10, percentMax: 100 },
    },
    windows: [],
    approvalsNeeded: 0,
    ...overrides,
  } satisfies CompiledEnvironment)
}
