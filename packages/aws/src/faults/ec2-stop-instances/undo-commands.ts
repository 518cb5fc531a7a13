import type { CompiledEnvironment } from '@firedrill/core'
import { cliPlace } from '../../endpoints.ts'
import { stopExperimentLine } from '../../fis/end-experiment.ts'
import type { Capture } from '../../instances/capture.ts'
import { shellLine } from '../shell.ts'

/**
 * The undo by hand, with the AWS CLI alone: find the experiment by its token and stop it, then start the instances. One that is
 * still stopping, or gone, fails the start of all of them, so then each is tried for two minutes by itself; starting one
 * that runs changes nothing. Every line may be run again.
 */
export function undoCommands(
  capture: Pick<Capture, 'instances' | 'region'>,
  key: string,
  environment: CompiledEnvironment,
): readonly string[] {
  const place = cliPlace(environment, capture.region)
  const start = shellLine(['aws', 'ec2', 'start-instances', ...place, '--instance-ids'])
  const ids = capture.instances.map(({ id }) => id).join(' ')
  const stops = stopExperimentLine(capture.region, key, environment)
  if (ids === '') return [stops]
  const one = `for try in 1 2 3 4 5 6 7 8 9 10 11 12; do ${start} "$id" && break; sleep 10; done`
  return [stops, `${start} ${ids} || for id in ${ids}; do ${one}; done`]
}
