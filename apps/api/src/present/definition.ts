import { injectSteps, isSandbox, type CompiledEnvironment, type DefinitionVersion } from '@firedrill/core'
import type {
  EnvironmentDetail,
  EnvironmentSummary,
  RunbookDetail,
  RunbookSummary,
  ScenarioDetail,
  ScenarioSummary,
} from '@firedrill/contracts'

/** What stands where a secret was. */
const MASK = '***'

/** A scenario for lists. */
export function presentScenario(version: DefinitionVersion<'scenario'>): ScenarioSummary {
  const { compiled } = version
  return {
    ...versionFields(version),
    title: compiled.title,
    hypothesis: compiled.hypothesis,
    response: compiled.response,
    labels: compiled.labels,
    faults: [...new Set(injectSteps(compiled).map((step) => step.fault))],
    objectives: compiled.objectives.map(({ name, kind, maxMs }) => ({ name, kind, maxMicros: maxMs * 1000 })),
  }
}

/** One version of a scenario. */
export function presentScenarioDetail(version: DefinitionVersion<'scenario'>): ScenarioDetail {
  return { ...presentScenario(version), source: version.source, compiled: version.compiled }
}

/** A runbook for lists. */
export function presentRunbook(version: DefinitionVersion<'runbook'>): RunbookSummary {
  return {
    ...versionFields(version),
    title: version.compiled.title,
    steps: version.compiled.steps.length,
  }
}

/** One version of a runbook. */
export function presentRunbookDetail(version: DefinitionVersion<'runbook'>): RunbookDetail {
  return { ...presentRunbook(version), source: version.source, compiled: version.compiled }
}

/** An environment for lists. */
export function presentEnvironment(version: DefinitionVersion<'environment'>): EnvironmentSummary {
  const { compiled } = version
  return {
    ...versionFields(version),
    title: compiled.title,
    environmentKind: compiled.environmentKind,
    production: compiled.production,
    enabled: compiled.enabled,
    account: compiled.account,
    regions: compiled.regions,
    isStartable: isSandbox(compiled),
  }
}

/** One version of an environment. Its secret key is masked wherever it stands, in the text as in the compiled form. */
export function presentEnvironmentDetail(version: DefinitionVersion<'environment'>): EnvironmentDetail {
  const { credentials } = version.compiled.aws
  const source =
    credentials.source === 'static'
      ? version.source.replaceAll(credentials.secretAccessKey, MASK)
      : version.source
  return { ...presentEnvironment(version), source, compiled: withoutSecret(version.compiled) }
}

function withoutSecret(compiled: CompiledEnvironment): CompiledEnvironment {
  const { credentials } = compiled.aws
  if (credentials.source !== 'static') return compiled
  return { ...compiled, aws: { ...compiled.aws, credentials: { ...credentials, secretAccessKey: MASK } } }
}

function versionFields({ name, hash, version, origin, actor, at }: DefinitionVersion) {
  return { name, hash, version, origin, actor: { ...actor }, at }
}
