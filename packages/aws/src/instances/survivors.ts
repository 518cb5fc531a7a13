import type { CompiledEnvironment, InjectStep, Outcome, Survivors } from '@firedrill/core'
import type { z } from 'zod'
import { success } from '../call.ts'
import type { Aws } from '../client.ts'
import { findInstances } from '../ec2/describe-instances.ts'
import { captureState, type Capture } from './capture.ts'
import type { instanceParameters } from './parameters.ts'
import { filtersOf } from './selection.ts'

type Wanted = Readonly<
  Pick<z.output<z.ZodObject<typeof instanceParameters>>, 'survivorsMin' | 'survivorsRegion'>
>

/**
 * Counts what is left when the targets are gone, if the step says how many that must be: running instances with the
 * selector's tags and group, in whatever zone, that every target group they are in calls healthy.
 */
export async function survivorsOf(
  aws: Aws,
  step: InjectStep,
  { survivorsMin: needed, survivorsRegion }: Wanted,
  { instances: targets }: Readonly<{ instances: readonly Readonly<{ id: string }>[] }>,
  environment: CompiledEnvironment,
  observe: (region: string) => Outcome<Aws>,
  signal: AbortSignal,
): Promise<Outcome<Survivors | undefined>> {
  if (needed === 0) return success(undefined)
  const where = survivorsRegion === '' ? step.targets.region : survivorsRegion
  const there = where === step.targets.region ? success(aws) : observe(where)
  if (!there.ok) return there
  const found = await findInstances(there.value, filtersOf(step), signal)
  if (!found.ok) return found
  const stopped = new Set(targets.map(({ id }) => id))
  const rest = found.value.filter(({ id }) => !stopped.has(id))
  const state = await captureState(there.value, environment.account, rest, signal)
  if (!state.ok) return state
  const { targetGroups, instances } = state.value.capture
  const isHealthy = ({ id, targetGroups: registered }: Capture['instances'][number]) => {
    const address = rest.find((one) => one.id === id)?.privateIp
    return registered.every((arn) =>
      targetGroups
        .find((group) => group.arn === arn)
        ?.healthy.some((target) => target.id === id || target.id === address),
    )
  }
  return success({ healthy: instances.filter(isHealthy).length, needed, where })
}
