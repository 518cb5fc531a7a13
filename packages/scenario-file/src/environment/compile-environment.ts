import { compiledEnvironmentSchema, type CompiledEnvironment } from '@firedrill/core'
import { Problems } from '../problem/problems.ts'
import { environmentFileSchema, type EnvironmentFile } from '../schema/environment-schema.ts'
import { finish, refused, type Compilation } from '../schema/finish.ts'
import { checkHeader } from '../schema/header.ts'
import { validate } from '../schema/validate.ts'
import { readYaml } from '../yaml/read-yaml.ts'
import { View } from '../yaml/view.ts'
import { checkEnvironment, minuteOfDay } from './check-environment.ts'
import { freezeInstant } from './freeze-instant.ts'
import { substituteProcessValues, type ProcessValues } from './process-values.ts'

/** How an environment is compiled. */
export type EnvironmentOptions = Readonly<{
  /** Process variables that `${env:NAME}` may name; none by default. */
  env?: ProcessValues
}>

/** Compiles an environment file: `${env:NAME}` and defaults filled in, everything checked. Never throws on bad input. */
export function compileEnvironment(
  text: string,
  options: EnvironmentOptions = {},
): Compilation<CompiledEnvironment> {
  const problems = new Problems()
  const own = readYaml(text, problems)
  if (own === undefined || !checkHeader(own, 'Environment', problems)) return refused(problems)
  const root = substituteProcessValues(own, options.env ?? {}, problems)
  const file = validate(environmentFileSchema, root, problems)
  checkEnvironment(new View(root, problems, ['spec']))
  if (file === undefined || problems.size > 0) return refused(problems)
  return finish(compiledEnvironmentSchema, fillEnvironment(file), problems)
}

function fillEnvironment({ metadata, spec }: EnvironmentFile): CompiledEnvironment {
  const { aws, probes, touch } = spec
  return {
    apiVersion: 'firedrill.dev/v1',
    kind: 'Environment',
    name: metadata.name,
    title: metadata.title ?? metadata.name,
    environmentKind: spec.kind,
    production: spec.production ?? false,
    enabled: spec.enabled ?? true,
    ...(spec.deadMan === undefined || spec.deadMan === 'reaper' ? {} : { deadMan: spec.deadMan }),
    account: spec.account,
    regions: spec.regions,
    homeRegion: spec.homeRegion,
    hostedZones: spec.hostedZones ?? {},
    aws: {
      endpoint: aws.endpoint ?? 'aws',
      credentials: aws.credentials,
      ...(aws.roleArn === undefined ? {} : { roleArn: aws.roleArn }),
      fisRoleArn: aws.fisRoleArn,
      ...(aws.schedulerRoleArn === undefined ? {} : { schedulerRoleArn: aws.schedulerRoleArn }),
    },
    clock: spec.clock ?? { source: 'real' },
    probes: {
      ...(probes.proxy === undefined ? {} : { proxy: probes.proxy }),
      ...(probes.ca === undefined ? {} : { ca: probes.ca }),
      ...(probes.reach === undefined ? {} : { reach: probes.reach }),
      vantages: probes.vantages.map(({ name, resolver, remote }) => ({
        name,
        ...(resolver === undefined ? {} : { resolver }),
        ...(remote === true ? { remote } : {}),
      })),
    },
    ...(spec.databases === undefined
      ? {}
      : {
          databases: Object.fromEntries(
            Object.entries(spec.databases).map(([name, { url, passwordVariable }]) => [
              name,
              { url, ...(passwordVariable === undefined ? {} : { passwordVariable }) },
            ]),
          ),
        }),
    touch: {
      requiredTags: touch.requiredTags,
      exemptTag: touch.exemptTag ?? 'firedrill:exempt',
      protectedRecords: touch.protectedRecords ?? [],
      ...(touch.protectedTags === undefined ? {} : { protectedTags: touch.protectedTags }),
      ...(touch.protectedZones === undefined ? {} : { protectedZones: touch.protectedZones }),
      ...(touch.irreversible === undefined ? {} : { irreversible: touch.irreversible }),
      blastRadius: {
        targetsMax: touch.blastRadius.targetsMax,
        percentMax: touch.blastRadius.percentMax ?? 100,
      },
    },
    windows: (spec.windows ?? []).map(({ days, from, to, timeZone }) => ({
      days,
      fromMinute: minuteOfDay(from) ?? 0,
      toMinute: minuteOfDay(to) ?? 1440,
      timeZone: timeZone ?? 'UTC',
    })),
    ...(spec.freezes === undefined
      ? {}
      : {
          freezes: spec.freezes.map(({ from, to, reason }) => ({
            from: freezeInstant(from, 'start') ?? 0,
            to: freezeInstant(to, 'end') ?? 0,
            reason,
          })),
        }),
    approvalsNeeded: spec.approvals ?? 0,
  }
}
