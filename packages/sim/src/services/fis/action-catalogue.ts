/** The actions of this simulator. The kernel of each is in `experiment-actions.ts`. */
export const ACTION_IDS = [
  'aws:ec2:reboot-instances',
  'aws:ec2:stop-instances',
  'aws:ec2:terminate-instances',
  'aws:fis:wait',
] as const
/** One action id. */
export type ActionId = (typeof ACTION_IDS)[number]

/** How a parameter is checked: FIS parameters are always texts. */
export type ParameterKind = 'duration' | 'boolean'

/** What FIS tells about an action. */
export type ActionDescription = {
  readonly description: string
  readonly parameters: Readonly<
    Record<string, { readonly description: string; readonly required: boolean; readonly kind: ParameterKind }>
  >
  /** Slot name to resource type. */
  readonly targets: Readonly<Record<string, { readonly resourceType: string }>>
}

const INSTANCES = { Instances: { resourceType: 'aws:ec2:instance' } }

/** The catalogue behind `ListActions` and `GetAction`, and the check of a template's actions. */
export const ACTION_CATALOGUE: Readonly<Record<ActionId, ActionDescription>> = {
  'aws:ec2:reboot-instances': {
    description: 'Reboot the specified EC2 instances.',
    parameters: {},
    targets: INSTANCES,
  },
  'aws:ec2:stop-instances': {
    description: 'Stop the specified EC2 instances.',
    parameters: {
      completeIfInstancesTerminated: {
        description: 'Complete the action even if instances were terminated and cannot be restarted.',
        required: false,
        kind: 'boolean',
      },
      startInstancesAfterDuration: {
        description: 'The time to wait before restarting the instances (ISO 8601 duration).',
        required: false,
        kind: 'duration',
      },
    },
    targets: INSTANCES,
  },
  'aws:ec2:terminate-instances': {
    description: 'Terminate the specified EC2 instances.',
    parameters: {},
    targets: INSTANCES,
  },
  'aws:fis:wait': {
    description: 'Wait for the specified duration. Stop condition monitoring will continue during this time.',
    parameters: {
      duration: { description: 'The duration (ISO 8601 format).', required: true, kind: 'duration' },
    },
    targets: {},
  },
}

/** Resource types that targets may have. */
export const TARGET_RESOURCE_TYPES = { 'aws:ec2:instance': 'An Amazon EC2 instance.' } as const

/** Narrows a text to an action of the catalogue. */
export function findAction(
  id: string,
): { readonly id: ActionId; readonly action: ActionDescription } | undefined {
  const known = ACTION_IDS.find((candidate) => candidate === id)
  return known === undefined ? undefined : { id: known, action: ACTION_CATALOGUE[known] }
}
