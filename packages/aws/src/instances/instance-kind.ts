import type {
  CompiledEnvironment,
  Demand,
  Expiry,
  InjectStep,
  Outcome,
  TargetSeen,
  UndoPlan,
} from '@firedrill/core'
import type { z } from 'zod'
import type { Aws } from '../client.ts'
import type { SeenInstance } from '../ec2/describe-instances.ts'
import type { Ended } from '../fis/end-experiment.ts'
import type { ExperimentAction } from '../fis/experiment-template.ts'
import type { SeenExperiment } from '../fis/experiments.ts'
import type { Capture } from './capture.ts'
import type { instanceParameters } from './parameters.ts'

type Shared = z.output<z.ZodObject<typeof instanceParameters>>
/** One instance as it was captured. */
export type CapturedInstance = Capture['instances'][number]

/** One step's undo in a Region, with its capture as read. */
export type InstanceUndo = Readonly<{ undo: UndoPlan; capture: Capture }>

/** What one fault of instances does that the others do not: the rest of the family is common to all. */
export type InstanceKind<P extends Shared & Record<string, string | number | boolean> = Shared> = Readonly<{
  name: string
  version: number
  title: string
  /** `native`: FIS withdraws it. `instant`: nothing is left to withdraw. */
  expiry: Extract<Expiry, 'native' | 'instant'>
  parameters: z.ZodType<P>
  /** IAM actions of the platform's role. */
  permissions: readonly string[]
  /** Why this step can never become an experiment, or undefined. Pure. */
  checkStep(step: InjectStep, parameters: P): string | undefined
  /** Why one of the chosen could not be put back; absent when any instance can. Describes only. */
  unsuitable?(
    aws: Aws,
    chosen: readonly SeenInstance[],
    capture: Capture,
    signal: AbortSignal,
  ): Promise<Outcome<string | undefined>>
  /** The FIS action and its parameters. Pure. */
  action(step: InjectStep, parameters: P): Omit<ExperimentAction, 'arns' | 'targets'>
  /** What the experiment does to so many instances, for whoever finds it in the account. */
  describe(instances: number, step: InjectStep, parameters: P): string
  /** Calls of apply and undo, for people. */
  calls(ids: string, step: InjectStep, parameters: P): readonly string[]
  /** What the undo of so many needs of the cloud's quotas. */
  undoDemands(instances: number): readonly Demand[]
  /** What one instance's state says of whether the fault is in. Pure. */
  judge(
    captured: CapturedInstance,
    instance: SeenInstance | undefined,
    experiment: SeenExperiment | null,
  ): TargetSeen
  /**
   * How long it has to look as before until that counts, in world time, where neither EC2 nor FIS can tell whether it went down
   * at all; absent where they can.
   */
  settlesAfterMs?: number
  /** How an instance that runs again is called, once everything else is as it was. */
  backWords(captured: CapturedInstance, instance: SeenInstance): string
  /** One attempt to take the fault out. Idempotent. */
  takeOut(aws: Aws, capture: Capture, undo: UndoPlan, signal: AbortSignal): Promise<Outcome<Ended>>
  /** The same for several steps of one Region by fewer calls, answered for each; absent where that saves nothing. */
  takeOutTogether?(
    aws: Aws,
    undos: readonly InstanceUndo[],
    signal: AbortSignal,
  ): Promise<readonly Outcome<Ended>[]>
  /** The same by hand, with the AWS CLI alone. */
  undoCommands(capture: Capture, key: string, environment: CompiledEnvironment): readonly string[]
}>

/** What FIS says of the experiment, for people. */
export function toldBy(experiment: SeenExperiment | null): string {
  return experiment === null
    ? 'no experiment has this key'
    : `experiment ${experiment.id} ${experiment.state}`
}
