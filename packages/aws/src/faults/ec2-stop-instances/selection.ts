import type { Filter } from '@aws-sdk/client-ec2'
import type { InjectStep } from '@firedrill/core'

/** Tags and state are asked of EC2; zones are told apart by the caller, since a selector may mix names and ids. */
export function filtersOf(step: InjectStep): readonly Filter[] {
  return [
    { Name: 'instance-state-name', Values: ['running'] },
    ...Object.entries(step.targets.tags).map(([key, value]) => ({
      Name: `tag:${key}`,
      Values: [literal(value)],
    })),
  ]
}

/** A filter value that means itself: `*`, `?` and `\` are wildcards to EC2. */
function literal(value: string): string {
  return value.replaceAll(/[*?\\]/g, String.raw`\$&`)
}
