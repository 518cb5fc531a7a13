import {
  AppError,
  type CompiledEnvironment,
  type CompiledScenario,
  type DefinitionStore,
  type RunRow,
} from '@firedrill/core'

/** The pinned definitions of a run. @throws AppError when a pinned version is gone. */
export async function loadDefinitions(
  run: Pick<RunRow, 'teamId' | 'state'>,
  store: DefinitionStore,
): Promise<Readonly<{ scenario: CompiledScenario; environment: CompiledEnvironment }>> {
  const { scenario, environment } = run.state
  const [pinnedScenario, pinnedEnvironment] = await Promise.all([
    store.byHash(run.teamId, 'scenario', scenario.hash),
    store.byHash(run.teamId, 'environment', environment.hash),
  ])
  if (pinnedScenario === undefined)
    throw new AppError('not-found', `Scenario ${scenario.name} ${scenario.hash.slice(0, 12)} is not stored.`)
  if (pinnedEnvironment === undefined)
    throw new AppError(
      'not-found',
      `Environment ${environment.name} ${environment.hash.slice(0, 12)} is not stored.`,
    )
  return { scenario: pinnedScenario.compiled, environment: pinnedEnvironment.compiled }
}
